/**
 * The chat: a line in, an answer out, with the turns before it. It knows neither the terminal nor the model, only what
 * `ChatHost` does for it, so a test drives it as a person does.
 */
import { errorLine } from '../errors.ts';
import type { Generation } from '../generate/generate.ts';
import type { Turn } from '../methods/parts/example.ts';
import type { Answer } from '../methods/parts/segment.ts';
import { closest } from '../recipe/suggest.ts';
import { tooLongLine } from './unanswered.ts';

export interface ChatHost {
  /** The next line, or lines that were pasted; null at the end. */
  read(): Promise<string | null>;
  /** A remark; not part of an answer. */
  remark(text: string): void;
  /** Tokens that the model reads for an instruction after some turns. */
  promptTokens(instruction: string, history: Turn[]): Promise<number>;
  /** Answers, printing on the way. `onPart` may throw, which ends the answer. */
  answer(
    instruction: string,
    history: Turn[],
    options: { draft: boolean; onPart: (part: Partial<Answer>) => void },
  ): Promise<Generation>;
  /** Whether the person has asked to end the answer under way; forgets it. */
  interrupted(): boolean;
}

export interface ChatLimits {
  /** Most tokens that the model can read, the answer's included. */
  maxSeqLen: number;
  /** Most tokens of an answer. */
  maxNewTokens: number;
  /** Most earlier turns that the model sees; as many as fit where none is given. */
  turns?: number;
}

const HELP = `/help           this list
/reset          forget the turns so far
/draft on|off   show the draft in the pivot language, or the answer alone
/exit           end the chat; /quit and Ctrl-D do the same
Ctrl-C ends the answer under way. A text that begins with a slash is sent with two: //text`;

/** Thrown out of `onPart` to end an answer. */
class Interrupted extends Error {}

export async function chat(host: ChatHost, limits: ChatLimits): Promise<void> {
  const state = { history: [] as Turn[], draft: true, forgets: false };
  host.remark('Ask away; /help lists the commands, /exit or Ctrl-D ends the chat.');
  for (let line = await host.read(); line !== null; line = await host.read()) {
    const text = line.trim();
    if (text === '') continue;
    if (text.startsWith('/') && !text.startsWith('//')) {
      if (command(text, state, host) === 'exit') return;
      continue;
    }
    await turn(text.startsWith('//') ? text.slice(1) : text, state, host, limits);
  }
}

interface ChatState {
  history: Turn[];
  draft: boolean;
  /** Whether it was said that the oldest turns are left out. */
  forgets: boolean;
}

const COMMANDS = ['/help', '/reset', '/draft', '/exit', '/quit'];

function command(text: string, state: ChatState, { remark }: ChatHost): 'exit' | undefined {
  const [name, ...words] = text.toLowerCase().split(/\s+/);
  const value = words.join(' ');
  if (name === '/exit' || name === '/quit') return 'exit';
  if (name === '/help') remark(HELP);
  else if (name === '/reset') {
    Object.assign(state, { history: [], forgets: false });
    remark('(a new conversation)');
  } else if (name === '/draft') {
    if (value === 'on' || value === 'off') state.draft = value === 'on';
    else if (value !== '') remark(`/draft: expected on or off, got ${value}`);
    remark(`(drafts are ${state.draft ? 'shown' : 'not shown'})`);
  } else {
    const meant = closest(name, COMMANDS);
    remark(`unknown command ${name}${meant ? `, did you mean ${meant}?` : '; /help lists them'}`);
  }
  return undefined;
}

/** One question and its answer. An error is printed as a remark, and the chat goes on. */
async function turn(
  instruction: string,
  state: ChatState,
  host: ChatHost,
  limits: ChatLimits,
): Promise<void> {
  let last: Partial<Answer> = {};
  try {
    const seen = await fitting(instruction, state, host, limits);
    if (seen === null) return;
    const { answer } = await host.answer(instruction, seen, {
      draft: state.draft,
      onPart(part) {
        last = part;
        if (host.interrupted()) throw new Interrupted();
      },
    });
    remember(state, instruction, answer);
  } catch (error) {
    if (error instanceof Interrupted) {
      host.remark('\n(ended)');
      remember(state, instruction, last.answer);
    } else host.remark(errorLine(error));
  }
}

/** An answer that was not found, or not begun, is no turn to go on from. */
function remember({ history }: ChatState, instruction: string, response = ''): void {
  if (response.trim() !== '') history.push({ instruction, response: response.trim() });
}

/** The newest turns that fit beside the instruction and its answer; null where the instruction alone is too long. */
async function fitting(
  instruction: string,
  state: ChatState,
  { promptTokens, remark }: ChatHost,
  { maxSeqLen, maxNewTokens, turns = Number.POSITIVE_INFINITY }: ChatLimits,
): Promise<Turn[] | null> {
  const alone = await promptTokens(instruction, []);
  if (alone >= maxSeqLen) {
    remark(tooLongLine('prompt', alone, maxSeqLen));
    return null;
  }
  // An answer of the usual length has room, but takes no more than half.
  const room = maxSeqLen - Math.min(maxNewTokens, Math.floor(maxSeqLen / 2));
  const wanted = turns > 0 ? state.history.slice(-Math.min(turns, state.history.length)) : [];
  let seen = wanted;
  while (seen.length > 0 && (await promptTokens(instruction, seen)) > room) seen = seen.slice(1);
  if (seen.length < wanted.length && !state.forgets) {
    state.forgets = true;
    remark(
      `(the model no longer sees the oldest turns: ${seen.length} of ${wanted.length} fit; /reset begins again)`,
    );
  }
  return seen;
}
