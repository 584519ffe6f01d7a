/**
 * Encoded examples to rectangular batches of plain arrays: the one place that shifts targets by one. A model needs
 * nothing else: which positions see each other follows from `documents` and `positions` alone, so that several
 * documents may share a row.
 */
import type { Encoded } from '../tokens/encode.ts';

/** Arrays are row-major [batch, seq]. */
export interface Batch {
  /** Ids of the examples inside, for messages. */
  exampleIds: string[];
  batch: number;
  seq: number;
  tokens: Int32Array;
  /** The token that follows, at each position. */
  targets: Int32Array;
  /** Span of the target (index into SPANS), −1 where no loss is taken. */
  spans: Int8Array;
  /** Position within the document, from 0. */
  positions: Int32Array;
  /** Which document of its row a position belongs to; −1 is padding. */
  documents: Int32Array;
  /** Number of positions that are not padding. */
  tokenCount: number;
  /** Number of positions with a loss. */
  supervisedCount: number;
}

/**
 * One row a list of examples, which lie one behind the other as documents of their own.
 *
 * @param seq length of the rows; when not given, the longest row, rounded up as far as `maxSeqLen` allows
 */
export function makeBatch(
  rows: readonly (readonly Encoded[])[],
  padId: number,
  { maxSeqLen, seq = roundedUp(rows, maxSeqLen) }: { maxSeqLen: number; seq?: number },
): Batch {
  const size = rows.length * seq;
  const batch: Batch = {
    exampleIds: rows.flat().map(({ id }) => id),
    batch: rows.length,
    seq,
    tokens: new Int32Array(size).fill(padId),
    targets: new Int32Array(size).fill(padId),
    spans: new Int8Array(size).fill(-1),
    positions: new Int32Array(size),
    documents: new Int32Array(size).fill(-1),
    tokenCount: 0,
    supervisedCount: 0,
  };
  for (const [row, documents] of rows.entries()) {
    let at = row * seq;
    for (const [document, { id, ids, spans }] of documents.entries()) {
      if (at + ids.length - 1 > (row + 1) * seq) {
        throw new RangeError(
          `${id}: expected a row of at most ${seq} tokens, got one more example than fits`,
        );
      }
      for (let i = 0; i + 1 < ids.length; i++, at++) {
        batch.tokens[at] = ids[i];
        batch.targets[at] = ids[i + 1];
        batch.spans[at] = spans[i + 1];
        batch.positions[at] = i;
        batch.documents[at] = document;
        if (spans[i + 1] >= 0) batch.supervisedCount += 1;
      }
      batch.tokenCount += ids.length - 1;
    }
  }
  return batch;
}

function roundedUp(rows: readonly (readonly Encoded[])[], maxSeqLen: number): number {
  const lengths = rows.map((row) => row.reduce((sum, { ids }) => sum + ids.length - 1, 0));
  const longest = Math.max(...lengths);
  return Math.min(roundUpLength(longest), Math.max(maxSeqLen, longest));
}

/** A length of which there are few: a multiple of 16, from 128 on one of four between powers of two. */
export function roundUpLength(length: number): number {
  const step = Math.max(16, 2 ** (Math.ceil(Math.log2(length)) - 3));
  return Math.ceil(length / step) * step;
}
