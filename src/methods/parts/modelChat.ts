/**
 * Segments in the chat of the model's own template, for `method.chat: 'model'`; `chat.ts` is the paper's. What is
 * supervised follows from the segments here too: the text that the template opens an answer with, then the answer, then
 * the token that the template ends it with. A trial of the template says which these are, and every example is compared
 * with what the template makes of it.
 */
import { UserError } from '../../errors.ts';
import type { ChatTemplate, Message } from '../../tokenizer/chatTemplate.ts';
import { tokenFinder } from '../../tokenizer/findTokens.ts';
import type { SpecialToken } from '../../tokenizer/tokenizer.ts';
import type { Part, Stretch } from './chat.ts';
import type { Segment } from './segment.ts';
import { strip } from './strip.ts';

export interface ModelChat {
  /** Id of the token that ends an answer; null where the template ends it with text or not at all. */
  endId: number | null;
  /** White space that the template puts before an answer; the model writes it as a part of its answer. */
  lead: string;
  /** The stretches of a chat, as `renderChat` of the paper's. */
  render(segments: Segment[]): Stretch[];
}

/**
 * @param special special tokens by their text: in what the template writes they are tokens, in what is said they are text
 * @param added further tokens by their text, of which one may end an answer
 * @throws UserError where the template cannot be asked a question and answer it
 */
export function modelChat(
  template: ChatTemplate,
  special: ReadonlyMap<string, SpecialToken>,
  added: ReadonlyMap<string, SpecialToken> = new Map(),
): ModelChat {
  const cut = tokenFinder(special);
  const cutAtAll = tokenFinder(new Map([...added, ...special]));
  const asked: Message[] = [{ role: 'user', content: 'plugTuneAsks' }];
  const said = 'plugTuneAnswers';
  const opened = render(template, asked, true);
  const whole = render(template, [...asked, { role: 'assistant', content: said }], false);
  const at = whole.lastIndexOf(said);
  if (!opened.includes(asked[0].content) || at < 0)
    throw refused('a template that repeats what is said', whole);
  // What stands between prompt and answer: the space of Llama 2, or a whole heading that the prompt was not given.
  const follows = whole.startsWith(opened);
  const between = follows ? whole.slice(opened.length, at) : '';
  const [heading, lead] = between.trim() === '' ? ['', between] : [between, ''];
  const [tail, ...behind] = cutAtAll(whole.slice(at + said.length));
  const ending = tail.text.trim() === '' && behind.length > 0 ? tail : { text: '', id: null };

  return {
    endId: ending.id,
    lead,
    render(segments) {
      const { messages, written } = conversationOf(segments);
      const answer = messages.at(-1)?.role === 'assistant' ? messages.pop() : undefined;
      const guarded = guard(messages, special);
      const { prompt, text } = open(template, guarded.messages);
      const stretches = cut(text + heading).map(
        ({ text, id }): Stretch => ({
          parts: text === '' ? [] : [{ text: guarded.unmark(text), span: null }],
          ...{ end: id === null ? null : 'plain', endId: id ?? undefined },
        }),
      );
      if (!answer) return stretches;
      const [content] = guard([answer], special).messages;
      const trimmed = content.content.trimStart();
      let indentation = content.content.slice(0, content.content.length - trimmed.length);
      if (follows || indentation) {
        const all = render(template, [...prompt, content], false);
        const before = follows ? text + heading + lead : lead;
        const shows = (said: string) =>
          follows ? all.startsWith(before + said) : all.includes(before + said);
        // Many templates trim what is said.
        if (indentation && !shows(content.content)) indentation = '';
        if (follows && !shows(indentation + trimmed)) {
          throw refused(JSON.stringify(before + indentation + trimmed), all);
        }
      }
      const last = stretches[stretches.length - 1];
      if (last.parts.length === 0) last.parts.push({ text: '', span: null });
      last.parts.push(...framed(written, lead + indentation, ending.text));
      return stretches.with(-1, { ...last, end: 'supervised', endId: ending.id ?? undefined });
    },
  };
}

/** Messages of segments, and the parts of the last one where that is an answer. */
function conversationOf(segments: Segment[]): { messages: Message[]; written: Part[] } {
  const messages: Message[] = [];
  let written: Part[] = [];
  let role: Message['role'] | null = null;
  for (const { role: of, text, supervised } of segments) {
    const speaker = of === 'system' || of === 'user' ? of : 'assistant';
    if (of === 'end') {
      role = null;
      continue;
    }
    if (speaker !== role) {
      messages.push({ role: speaker, content: '' });
      written = [];
      role = speaker;
    }
    messages[messages.length - 1].content += text;
    if (speaker === 'assistant') written.push({ text, span: supervised ? (of as Part['span']) : null });
  }
  for (const message of messages) {
    const { role, content } = message;
    message.content = role === 'assistant' ? strip(content) : content.trim();
  }
  return { messages, written };
}

/** The parts of an answer as a template shows it: trimmed, behind white space `lead`, before its tail. */
function framed(parts: Part[], lead: string, tail: string): Part[] {
  const last = parts.length - 1;
  return parts.map(({ text, span }, i) => {
    const start = i === 0 ? lead + text.trimStart() : text;
    return { text: i === last ? start.trimEnd() + tail : start, span };
  });
}

/**
 * The prompt as text, up to where the answer begins. Where the template has no place for a system text, that stands
 * before what the user says first.
 */
function open(template: ChatTemplate, messages: Message[]): { prompt: Message[]; text: string } {
  const shows = (text: string, some: Message[]) =>
    some.every(({ role, content }) => role === 'assistant' || text.includes(content));
  const asked = (prompt: Message[]) => {
    const text = render(template, prompt, true);
    if (shows(text, prompt)) return { prompt, text };
    throw refused('a template that repeats what is said', text);
  };
  const [system, user, ...others] = messages;
  if (system?.role !== 'system' || user?.role !== 'user') return asked(messages);
  try {
    return asked(messages);
  } catch {
    return asked([{ role: 'user', content: `${system.content}\n\n${user.content}` }, ...others]);
  }
}

function render(template: ChatTemplate, messages: Message[], opening: boolean): string {
  try {
    return template.render(messages, opening);
  } catch (error) {
    throw refused(`one for ${messages.map(({ role }) => role).join(', ')}`, error);
  }
}

function refused(expected: string, got: unknown): UserError {
  const found = (got instanceof Error ? got.message : JSON.stringify(got)).replace(/\s+/g, ' ');
  const shown = found.length > 300 ? `${found.slice(0, 300)}…` : found;
  return new UserError(`chat template: expected ${expected}, got: ${shown}; --method.chat paper needs none`);
}

/**
 * Breaks up special tokens in what is said with a mark that is in none of it, so that they are not found in the
 * rendered text.
 */
function guard(messages: Message[], special: ReadonlyMap<string, SpecialToken>) {
  const found = [...special.keys()].filter((token) =>
    messages.some(({ content }) => content.includes(token)),
  );
  if (found.length === 0) return { messages, unmark: (text: string) => text };
  const said = messages.map(({ content }) => content).join('');
  let code = 0xe000;
  while (said.includes(String.fromCharCode(code))) code += 1;
  const mark = String.fromCharCode(code);
  const broken = (text: string) =>
    found.reduce((all, token) => all.replaceAll(token, [...token].join(mark)), text);
  return {
    messages: messages.map(({ role, content }) => ({ role, content: broken(content) })),
    unmark: (text: string) => text.replaceAll(mark, ''),
  };
}
