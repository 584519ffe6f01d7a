/**
 * What becomes of each sequence between its method and its training: named, made to fit, and accounted for. Nothing
 * is lost silently, and nothing without a supervised token is ever trained on.
 */

import { mapValues } from '../../mapValues.ts';
import { type Example, untrainedTurns } from '../../methods/parts/example.ts';
import {
  type Method,
  type MethodSettings,
  type Segment,
  SPANS,
  type Span,
} from '../../methods/parts/segment.ts';
import type { Encoded } from './encode.ts';

/** What became of the examples: sequences are counted, not rows, since each turn of a row is at least one. */
export interface SequenceStats {
  /** Sequences made by the method, before any was dropped. */
  sequences: number;
  kept: number;
  /** Dropped since longer than maxSeqLen. */
  tooLong: number;
  /** Dropped since cutting would have left no supervised token. */
  nothingSupervised: number;
  /** Kept, their end cut off, and the tokens that were cut. */
  truncated: number;
  truncatedTokens: number;
  /** Most sequences of one example. */
  maxTurns: number;
  /** Tokens of the sequences kept, and how many of them carry a loss, by span. */
  tokens: number;
  supervised: Record<Span, number>;
}

export const emptySequenceStats = (): SequenceStats => ({
  sequences: 0,
  kept: 0,
  tooLong: 0,
  nothingSupervised: 0,
  truncated: 0,
  truncatedTokens: 0,
  maxTurns: 0,
  tokens: 0,
  supervised: { pivotInstruction: 0, pivotResponse: 0, targetResponse: 0, end: 0 },
});

/** A sequence before it is tokenized. */
export interface Sequence {
  id: string;
  segments: Segment[];
}

/** The sequences that a method makes of an example, named `ID#NUMBER` where there are several. */
export function sequencesOf(example: Example, method: Method, settings: MethodSettings): Sequence[] {
  const sequences = trainedSegments(example, method, settings);
  return sequences.map((segments, i) => ({
    id: sequences.length > 1 ? `${example.id}#${i + 1}` : example.id,
    segments,
  }));
}

/** The sequences that a method makes of an example, without those that learn a turn of weight 0. */
function trainedSegments(example: Example, method: Method, settings: MethodSettings): Segment[][] {
  const untrained = untrainedTurns(example);
  if (untrained.size === 0) return method.segments(example, settings);
  // Sequences come turn by turn, and those of a turn do not depend on later turns.
  let earlier = 0;
  const [turns] = Object.values(example.turns);
  return turns.flatMap((_, turn) => {
    const shorter = { ...example, turns: mapValues(example.turns, (some) => some.slice(0, turn + 1)) };
    const sequences = method.segments(shorter, settings);
    const own = sequences.slice(earlier);
    earlier = sequences.length;
    return untrained.has(turn) ? [] : own;
  });
}

export interface FitOptions {
  /** Most tokens that a model is given at once. */
  maxSeqLen: number;
  /** What to do with a longer sequence: drop it, or cut its end. Both are counted. */
  truncation: 'drop' | 'cut';
}

/** The sequence as it will be trained on, or null where it is dropped; `stats` says which. */
export function fitted(
  sequence: Encoded,
  { maxSeqLen, truncation }: FitOptions,
  stats: SequenceStats,
): Encoded | null {
  // The last token of a sequence is only ever a target, so one more than maxSeqLen fits.
  const longest = maxSeqLen + 1;
  const over = Math.max(0, sequence.ids.length - longest);
  stats.sequences += 1;
  if (over > 0 && truncation === 'drop') {
    stats.tooLong += 1;
    return null;
  }
  const ids = over > 0 ? sequence.ids.slice(0, longest) : sequence.ids;
  const spans = over > 0 ? sequence.spans.slice(0, longest) : sequence.spans;
  if (!spans.some((span) => span >= 0)) {
    stats.nothingSupervised += 1;
    return null;
  }
  if (over > 0) stats.truncated += 1;
  stats.truncatedTokens += over;
  stats.kept += 1;
  stats.tokens += ids.length;
  for (const span of spans) if (span >= 0) stats.supervised[SPANS[span]] += 1;
  return { id: sequence.id, ids, spans };
}
