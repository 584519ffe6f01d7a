/**
 * Encoded examples to rectangular batches of plain arrays: the one place that shifts targets by one. A model needs
 * nothing else: which positions see each other follows from `documents` and `positions` alone, so that several
 * documents may share a row.
 */
import type { Encoded } from './encode.ts';

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

/** Rows are rounded up to a multiple of this, so that few shapes occur. */
const SEQ_MULTIPLE = 16;

/** One example a row, padded to the longest. `maxSeqLen` bounds the row after rounding. */
export function makeBatch(examples: Encoded[], padId: number, maxSeqLen: number): Batch {
  const longest = Math.max(...examples.map(({ ids }) => ids.length - 1));
  const seq = Math.min(Math.ceil(longest / SEQ_MULTIPLE) * SEQ_MULTIPLE, Math.max(maxSeqLen, longest));
  const size = examples.length * seq;
  const batch: Batch = {
    exampleIds: examples.map(({ id }) => id),
    batch: examples.length,
    seq,
    tokens: new Int32Array(size).fill(padId),
    targets: new Int32Array(size).fill(padId),
    spans: new Int8Array(size).fill(-1),
    positions: new Int32Array(size),
    documents: new Int32Array(size).fill(-1),
    tokenCount: 0,
    supervisedCount: 0,
  };
  for (const [row, { ids, spans }] of examples.entries()) {
    for (let i = 0; i + 1 < ids.length; i++) {
      const at = row * seq + i;
      batch.tokens[at] = ids[i];
      batch.targets[at] = ids[i + 1];
      batch.spans[at] = spans[i + 1];
      batch.positions[at] = i;
      batch.documents[at] = 0;
      batch.tokenCount += 1;
      if (spans[i + 1] >= 0) batch.supervisedCount += 1;
    }
  }
  return batch;
}
