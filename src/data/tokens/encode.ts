/**
 * Segments to tokens and loss mask, in one call: the one place that decides what is supervised. The mask is built
 * from the segments, never by searching text or tokens for a marker.
 *
 * The boundary rule. Text is tokenized whole, from one end token to the next, so the tokens are those that the
 * tokenizer gives the whole text; a token that reaches over two spans belongs to the one it begins in. One boundary
 * comes first: where the prompt ends and the model begins to write. At inference the prompt is tokenized without what
 * follows, so if a tokenizer would merge across that place, the text is cut there and each side tokenized by itself.
 */
import { type Part, renderChat } from '../../methods/parts/chat.ts';
import { type Segment, SPANS } from '../../methods/parts/segment.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import type { ChatTokenizer } from './chatTokenizer.ts';

/** A tokenized training example or prompt. */
export interface Encoded {
  id: string;
  /** Token ids, [length]. */
  ids: Int32Array;
  /** Per token: −1 where no loss is taken, else the index into SPANS of the span it belongs to, [length]. */
  spans: Int8Array;
}

/** A tokenized example without its name. */
export type Tokens = Pick<Encoded, 'ids' | 'spans'>;

/**
 * Tokens of `segments`, with the beginning-of-sequence token once, where the tokenizer has one, and an end token
 * behind each turn: supervised by its place, whatever its id. In the model's own chat, the template says both.
 */
export function encodeExample(segments: Segment[], tokenizer: ChatTokenizer): Tokens {
  const chat = segments.some(({ role }) => role === 'user') ? tokenizer.chat : undefined;
  const marked = chat !== undefined && tokenizer.marksSections;
  const ids: number[] = [];
  const spans: number[] = [];
  const push = (more: ArrayLike<number>, from: number, to: number, span: number) => {
    for (let i = from; i < to; i++) {
      ids.push(more[i]);
      spans.push(span);
    }
  };
  if (tokenizer.bosId !== null && !chat) push([tokenizer.bosId], 0, 1, -1);
  for (const [i, { parts, end, endId }] of (chat?.render ?? renderChat)(segments).entries()) {
    const stretch = encodeParts(parts, tokenizer, i > 0 && !marked);
    for (const [j, part] of parts.entries()) {
      const span = part.span === null ? -1 : SPANS.indexOf(part.span);
      push(stretch.ids, j === 0 ? 0 : stretch.ends[j - 1], stretch.ends[j], span);
    }
    if (end) push([endId ?? tokenizer.eosId], 0, 1, end === 'supervised' ? SPANS.indexOf('end') : -1);
  }
  return { ids: Int32Array.from(ids), spans: Int8Array.from(spans) };
}

/** Ids of one stretch of text, and for each part the number of ids up to its end. */
function encodeParts(
  parts: Part[],
  tokenizer: Tokenizer,
  continuing: boolean,
): { ids: number[]; ends: number[] } {
  const first = parts[0]?.span === null ? parts[0] : null;
  const written = first ? parts.slice(1) : parts;
  const prompt = tokenizer.encode(first?.text ?? '', { continuing });
  if (written.length === 0) return { ids: prompt, ends: [prompt.length] };
  const text = written.map((part) => part.text).join('');
  let encodeWritten = (some: string) =>
    tokenizer.encode((first?.text ?? '') + some, { continuing }).slice(prompt.length);
  const whole = tokenizer.encode((first?.text ?? '') + text, { continuing });
  let ids = whole.slice(prompt.length);
  if (sharedLength(whole, prompt) < prompt.length) {
    encodeWritten = (some) => tokenizer.encode(some, { continuing: true });
    ids = encodeWritten(text);
  }
  const ends = endsByBytes(ids, written, tokenizer) ?? endsByPrefix(ids, written, tokenizer, encodeWritten);
  return {
    ids: [...prompt, ...ids],
    ends: [...(first ? [prompt.length] : []), ...ends.map((end) => prompt.length + end)],
  };
}

/** Ends of the parts by the bytes behind each id; null where these do not add up to the text. */
function endsByBytes(ids: number[], parts: Part[], { byteLengths }: Tokenizer): number[] | null {
  const ends: number[] = [];
  let at = 0;
  let passed = 0;
  let wanted = 0;
  for (const { text } of parts) {
    if (text.normalize('NFC') !== text) return null;
    wanted += Buffer.byteLength(text);
    while (at < ids.length && passed < wanted) passed += byteLengths[ids[at++]];
    ends.push(at);
  }
  return passed === wanted && at === ids.length ? ends : null;
}

/** Ends of the parts by tokenizing the text up to each: for a tokenizer that changes the text. */
function endsByPrefix(
  ids: number[],
  parts: Part[],
  tokenizer: Tokenizer,
  encode: (text: string) => number[],
): number[] {
  let text = '';
  return parts.map((part, i) => {
    text += part.text;
    return i + 1 === parts.length ? ids.length : endOfPrefix(ids, encode(text), tokenizer);
  });
}

/** Least number of `ids` that hold all the text of `prefix`. */
function endOfPrefix(ids: number[], prefix: number[], tokenizer: Tokenizer): number {
  let end = sharedLength(ids, prefix);
  if (end === prefix.length) return end;
  const text = tokenizer.decode(prefix);
  while (end < ids.length && !tokenizer.decode(ids.slice(0, end)).startsWith(text)) end += 1;
  return end;
}

function sharedLength(a: number[], b: number[]): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
