/** Statistics of a run's data: rows read, examples kept, tokens with a loss. Printed, and saved as data.json. */
import type { LanguageCode } from '../methods/parts/example.ts';
import { emptyRowStats, type RowStats } from './examples/rowStats.ts';
import { emptySequenceStats, type SequenceStats } from './tokens/dataset.ts';

export interface TargetStats {
  /** Rows of the training files. */
  rows: RowStats;
  train: SequenceStats;
  validation: SequenceStats;
}

export interface DataStats extends TargetStats {
  /** The same for each target language of a mixture; rows that serve several are counted in each. */
  targets?: Record<LanguageCode, TargetStats>;
  /** Rows of one pass when packed, and the share of their places that holds tokens. */
  packing?: { rows: number; utilisation: number };
}

export const emptyTargetStats = (): TargetStats => ({
  rows: emptyRowStats(),
  train: emptySequenceStats(),
  validation: emptySequenceStats(),
});

/** The statistics over all targets. */
export function totalStats(targets: Record<LanguageCode, TargetStats>): DataStats {
  const all = Object.values(targets);
  const total = all.length === 1 ? all[0] : all.reduce((sum, one) => add(sum, one), emptyTargetStats());
  return all.length === 1 ? total : { ...total, targets };
}

/** Sums of numbers, key by key; the most of what is a most; each file once. */
function add<T>(a: T, b: T, key = ''): T {
  if (typeof a === 'number')
    return (key.startsWith('max') ? Math.max(a, b as number) : a + (b as number)) as T;
  if (Array.isArray(a)) return [...new Set([...a, ...(b as unknown[])])] as T;
  const [left, right] = [a, b] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  const entries = [...keys].map((name) => {
    if (!Object.hasOwn(left, name)) return [name, right[name]];
    if (!Object.hasOwn(right, name)) return [name, left[name]];
    return [name, add(left[name], right[name], name)];
  });
  return Object.fromEntries(entries) as T;
}

/** What packing makes of the rows of one pass. */
export function packingOf(
  rows: readonly (readonly number[])[],
  lengths: Int32Array,
  maxSeqLen: number,
): DataStats['packing'] {
  // The last token of a sequence is only a target and takes no place.
  const tokens = rows.reduce((sum, row) => sum + row.reduce((places, i) => places + lengths[i] - 1, 0), 0);
  return { rows: rows.length, utilisation: tokens / (rows.length * maxSeqLen) };
}
