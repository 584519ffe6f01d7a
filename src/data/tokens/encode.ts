/**
 * Segments to tokens and loss mask: the one place that decides what is supervised. The mask is built
 * from the segments, never by searching text or tokens for a marker.
 *
 * The boundary rule. Text is tokenized whole, from one end token to the next, so the tokens are those that the
 * tokenizer gives the whole text; a token that reaches over two spans belongs to the one it begins in. One boundary
 * comes first: where the prompt ends and the model begins to write. At inference the prompt is tokenized without what
 * follows, so if a tokenizer would merge across that place, the text is cut there and each side tokenized by itself.
 */
import { type Part, renderChat } from '../../methods/parts/chat.ts';
import { type Segment, SPANS } from '../../methods/parts/segment.ts';
import type { TextToEncode, Tokenizer } from '../../tokenizer/tokenizer.ts';
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

/** Tokens of `segments`; see `encodeSteps`. */
export function encodeExample(segments: Segment[], tokenizer: ChatTokenizer): Tokens {
  const steps = encodeSteps(segments, tokenizer);
  let step = steps.next();
  while (!step.done) {
    step = steps.next(
      step.value.map(({ text, continuing, starts }) =>
        starts && tokenizer.starts
          ? tokenizer.starts(text, { continuing })
          : tokenizer.encode(text, { continuing }),
      ),
    );
  }
  return step.value;
}

/** The same for many examples, whose texts go to the tokenizer together. */
export async function encodeExamples(batch: Segment[][], tokenizer: ChatTokenizer): Promise<Tokens[]> {
  if (!tokenizer.encodeBatch) return batch.map((segments) => encodeExample(segments, tokenizer));
  const steps = together(batch.map((segments) => encodeSteps(segments, tokenizer)));
  let step = steps.next();
  while (!step.done) step = steps.next(await tokenizer.encodeBatch(step.value));
  return step.value;
}

/** Work that asks for the ids of texts, as often as it needs, and ends with a result. */
type Steps<T> = Generator<TextToEncode[], T, ArrayLike<number>[]>;

/** Several works at once: each time, the texts that all of them ask for are asked for together. */
function* together<T>(all: Steps<T>[]): Steps<T[]> {
  const results: T[] = new Array(all.length);
  let open = all.map((steps, i) => ({ steps, i, step: steps.next() }));
  for (;;) {
    for (const { i, step } of open) if (step.done) results[i] = step.value;
    open = open.filter(({ step }) => !step.done);
    if (open.length === 0) return results;
    const asked = open.map(({ step }) => step.value as TextToEncode[]);
    const ids = yield asked.flat();
    let at = 0;
    for (const [j, one] of open.entries()) {
      const end = at + asked[j].length;
      one.step = one.steps.next(ids.slice(at, end));
      at = end;
    }
  }
}

/** Ids of one stretch of text, and for each part the number of ids up to its end. */
interface EncodedParts {
  /** Before the model begins to write, and after. */
  prompt: ArrayLike<number>;
  written: ArrayLike<number>;
  ends: number[];
}

/**
 * Tokens of `segments`, with the beginning-of-sequence token once, where the tokenizer has one, and an end token
 * after each turn: supervised by its place, whatever its id. In the model's own chat, the template says both.
 */
function* encodeSteps(segments: Segment[], tokenizer: ChatTokenizer): Steps<Tokens> {
  const chat = segments.some(({ role }) => role === 'user') ? tokenizer.chat : undefined;
  const marked = chat !== undefined && tokenizer.marksSections;
  const begin = tokenizer.bosId !== null && !chat ? 1 : 0;
  const stretches = (chat?.render ?? renderChat)(segments);
  const encoded = yield* together(
    stretches.map(({ parts }, i) => encodeParts(parts, tokenizer, i > 0 && !marked)),
  );
  let length = begin;
  for (const [i, { end }] of stretches.entries()) {
    length += encoded[i].prompt.length + encoded[i].written.length + (end ? 1 : 0);
  }
  const ids = new Int32Array(length);
  const spans = new Int8Array(length).fill(-1);
  if (begin) ids[0] = tokenizer.bosId ?? 0;
  let at = begin;
  for (const [i, { parts, end, endId }] of stretches.entries()) {
    const { prompt, written, ends } = encoded[i];
    ids.set(prompt, at);
    ids.set(written, at + prompt.length);
    for (const [j, { span }] of parts.entries()) {
      if (span !== null) spans.fill(SPANS.indexOf(span), at + (j === 0 ? 0 : ends[j - 1]), at + ends[j]);
    }
    at += prompt.length + written.length;
    if (!end) continue;
    ids[at] = endId ?? tokenizer.eosId;
    if (end === 'supervised') spans[at] = SPANS.indexOf('end');
    at += 1;
  }
  return { ids, spans };
}

/** Encodes one stretch of text. */
function* encodeParts(parts: Part[], tokenizer: Tokenizer, continuing: boolean): Steps<EncodedParts> {
  const first = parts[0]?.span === null ? parts[0] : null;
  const opening = first?.text ?? '';
  const written = first ? parts.slice(1) : parts;
  if (written.length === 0) {
    const [prompt] = opening === '' ? [[]] : yield [{ text: opening, continuing }];
    return { prompt, written: [], ends: [prompt.length] };
  }
  const text = written.map((part) => part.text).join('');
  const whole = opening + text;
  const asked = [{ text: whole, continuing }];
  if (opening !== '') asked.push({ text: opening, continuing });
  const [all, prompt = []] = yield asked;
  const apart = sharedLength(all, prompt) < prompt.length;
  const ids = apart ? (yield [{ text, continuing: true }])[0] : from(all, prompt.length);
  const ends =
    endsByBytes(ids, written, tokenizer) ?? (yield* tokenizer.starts ? endsByStarts() : endsByPrefix());
  return {
    prompt,
    written: ids,
    ends: [...(first ? [prompt.length] : []), ...ends.map((end) => prompt.length + end)],
  };

  /** Ends of the parts by where each id begins: for a tokenizer that changes the text. */
  function* endsByStarts(): Steps<number[]> {
    const before = apart ? '' : opening;
    const [places] = yield [{ text: before + text, continuing: apart || continuing, starts: true }];
    const starts = from(places, apart ? 0 : prompt.length);
    let wanted = before.length;
    let at = 0;
    const found = written.map((part) => {
      wanted += part.text.length;
      while (at < starts.length && starts[at] < wanted) at += 1;
      return at;
    });
    return [...found.slice(0, -1), ids.length];
  }

  /** The same by the ids of the text up to each part, where the library does not tell where ids begin. */
  function* endsByPrefix(): Steps<number[]> {
    const before = apart ? '' : opening;
    const texts = written.slice(0, -1).map((_, i) =>
      written
        .slice(0, i + 1)
        .map((part) => part.text)
        .join(''),
    );
    const encoded = yield texts.map((some) => ({ text: before + some, continuing: apart || continuing }));
    const prefixes = encoded.map((some) => from(some, apart ? 0 : prompt.length));
    return [...prefixes.map((prefix) => endOfPrefix(ids, prefix, tokenizer)), ids.length];
  }
}

/** All but the first `count` of `ids`. */
function from(ids: ArrayLike<number>, count: number): ArrayLike<number> {
  return ids instanceof Int32Array ? ids.subarray(count) : Array.from(ids).slice(count);
}

/** Ends of the parts by the bytes of each id; null where these do not add up to the text. */
function endsByBytes(ids: ArrayLike<number>, parts: Part[], { byteLengths }: Tokenizer): number[] | null {
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

/** Least number of `ids` that hold all the text of `prefix`. */
function endOfPrefix(ids: ArrayLike<number>, prefix: ArrayLike<number>, tokenizer: Tokenizer): number {
  let end = sharedLength(ids, prefix);
  if (end === prefix.length) return end;
  const text = tokenizer.decode(prefix);
  const all = Array.from(ids);
  while (end < all.length && !tokenizer.decode(all.slice(0, end)).startsWith(text)) end += 1;
  return end;
}

function sharedLength(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let length = 0;
  while (length < a.length && length < b.length && a[length] === b[length]) length += 1;
  return length;
}
