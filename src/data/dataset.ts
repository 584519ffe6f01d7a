/**
 * Examples to a list of encoded examples, with an account of what became of every one: nothing is lost silently.
 */

import type { Example } from '../methods/parts/example.ts';
import { type LanguagePair, type Method, SPANS, type Span } from '../methods/parts/segment.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { type Encoded, encodeExample } from './encode.ts';

/** What became of the examples: sequences are counted, not rows, since each turn of a row is one. */
export interface EncodingAccount {
  /** Sequences made by the method, before any was dropped. */
  sequences: number;
  kept: number;
  /** Dropped since longer than maxSeqLen. */
  tooLong: number;
  /** Dropped since cutting would have left no supervised token. */
  nothingSupervised: number;
  /** Kept, their end cut off. */
  truncated: number;
  /** Most turns in one example. */
  maxTurns: number;
  tokens: number;
  supervised: Record<Span, number>;
}

/** What decides the tokens of an example. */
export interface Encoding {
  method: Method;
  pair: LanguagePair;
  tokenizer: Tokenizer;
}

export interface EncodeOptions extends Encoding {
  /** Most tokens that a model is given at once. */
  maxSeqLen: number;
  /** What to do with a longer sequence: drop it, or cut its end. Both are counted. */
  truncation: 'drop' | 'cut';
  /** Called now and then with the number of examples done. */
  onProgress?: (done: number) => void;
}

/** The sequences that the method makes of an example, one a turn, named `ID#TURN` where there are several. */
export function encodeTurns(example: Example, { method, pair, tokenizer }: Encoding): Encoded[] {
  const sequences = method.segments(example, pair);
  return sequences.map((segments, turn) => ({
    id: sequences.length > 1 ? `${example.id}#${turn + 1}` : example.id,
    ...encodeExample(segments, tokenizer),
  }));
}

/** Encodes every turn of every example. */
export function encodeExamples(
  examples: Example[],
  options: EncodeOptions,
): { encoded: Encoded[]; account: EncodingAccount } {
  const { maxSeqLen, truncation, onProgress } = options;
  const encoded: Encoded[] = [];
  const account: EncodingAccount = {
    sequences: 0,
    kept: 0,
    tooLong: 0,
    nothingSupervised: 0,
    truncated: 0,
    maxTurns: 0,
    tokens: 0,
    supervised: { pivotInstruction: 0, pivotResponse: 0, targetResponse: 0, end: 0 },
  };
  // The last token of a sequence is only ever a target, so one more than maxSeqLen fits.
  const longest = maxSeqLen + 1;
  for (const [done, example] of examples.entries()) {
    if (done % 500 === 0) onProgress?.(done);
    const sequences = encodeTurns(example, options);
    account.maxTurns = Math.max(account.maxTurns, sequences.length);
    for (const { id, ...tokens } of sequences) {
      account.sequences += 1;
      let { ids, spans } = tokens;
      const over = ids.length > longest;
      if (over && truncation === 'drop') {
        account.tooLong += 1;
        continue;
      }
      if (over) {
        ids = ids.slice(0, longest);
        spans = spans.slice(0, longest);
      }
      if (!spans.some((span) => span >= 0)) {
        account.nothingSupervised += 1;
        continue;
      }
      if (over) account.truncated += 1;
      account.kept += 1;
      account.tokens += ids.length;
      for (const span of spans) if (span >= 0) account.supervised[SPANS[span]] += 1;
      encoded.push({ id, ids, spans });
    }
  }
  return { encoded, account };
}
