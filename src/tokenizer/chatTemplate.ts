/**
 * A model's own chat template: Jinja among its tokenizer's files, rendered as `apply_chat_template` of transformers
 * does. Only the date differs: it is constant, so that a prompt is the same on every day.
 */
import { messageOf } from '../errors.ts';
import { jinjaTemplate } from './jinja.ts';
import type { NamedTokens } from './namedTokens.ts';
import type { Json, TokenizerFiles } from './tokenizerFiles.ts';

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

export interface ChatTemplate {
  /** The Jinja text and the special tokens that it gets: all that decides what it renders. */
  source: string;
  /**
   * The chat as text, special tokens spelled out.
   * @param open end the text where the assistant begins to write, instead of after the last message
   * @throws Error where the template refuses the messages
   */
  render(messages: Message[], open: boolean): string;
}

/** The date for templates that ask for one: Llama 3's own default. */
const TODAY = new Date(2024, 6, 26);

/**
 * The template of `chat_template.jinja`, or else of tokenizer_config.json; null where neither has one.
 * Its `render` throws where the text is not Jinja.
 */
export function chatTemplateOf(files: TokenizerFiles, named: NamedTokens): ChatTemplate | null {
  const text = files.beside.get('chat_template.jinja') ?? defaultTemplate(files.config.chat_template);
  if (text === null) return null;
  let template: ReturnType<typeof jinjaTemplate> | undefined;
  const tokens = Object.fromEntries([...named.byName].map(([name, { content }]) => [name, content]));
  return {
    source: JSON.stringify([text, tokens]),
    render(messages, open) {
      template ??= parse(text, files.main);
      return template({
        ...tokens,
        messages,
        add_generation_prompt: open,
        enable_thinking: false,
        date_string: formatted(TODAY, '%d %b %Y'),
        strftime_now: (format: string) => formatted(TODAY, format),
      });
    },
  };
}

/** One template, or the one named default of several. */
function defaultTemplate(templates: unknown): string | null {
  if (typeof templates === 'string') return templates;
  if (!Array.isArray(templates)) return null;
  const found = (templates as (Json | null)[]).find((one) => one?.name === 'default')?.template;
  return typeof found === 'string' ? found : null;
}

function parse(text: string, where: string): ReturnType<typeof jinjaTemplate> {
  try {
    return jinjaTemplate(text);
  } catch (error) {
    throw new Error(`expected Jinja in ${where}, got: ${messageOf(error)}`);
  }
}

/** The few fields of Python's `strftime` that a date has. */
function formatted(date: Date, format: string): string {
  const english = (options: Intl.DateTimeFormatOptions) => date.toLocaleDateString('en', options);
  const fields: Record<string, string> = {
    Y: english({ year: 'numeric' }),
    m: english({ month: '2-digit' }),
    d: english({ day: '2-digit' }),
    b: english({ month: 'short' }),
    B: english({ month: 'long' }),
    a: english({ weekday: 'short' }),
    A: english({ weekday: 'long' }),
    H: '00',
    M: '00',
    S: '00',
  };
  return format.replace(/%(.)/g, (all, field) => fields[field] ?? all);
}
