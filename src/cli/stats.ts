/**
 * How long the sequences of a recipe are, as a picture in text: `npm run data -- --stats` prints it below the data statistics.
 * Lengths are in tokens.
 */
import type { Sequences } from '../data/tokens/sequences.ts';
import { SPANS, spanName } from '../methods/parts/segment.ts';

export interface Distribution {
  count: number;
  mean: number;
  /** Smallest, quartiles, nineteen of twenty, and largest. */
  min: number;
  p25: number;
  median: number;
  p75: number;
  p95: number;
  max: number;
}

/** Bars of the histogram, and the length of the longest. */
const BINS = 12;
const BAR = 40;

/** Lengths of whole sequences, of their prompts, and of each span that occurs. */
export function lengthsOf(sequences: Sequences): Record<string, Int32Array> {
  const names = ['sequence', 'prompt', ...SPANS];
  const all = new Map(names.map((name) => [name, new Int32Array(sequences.count)]));
  for (let i = 0; i < sequences.count; i++) {
    const { spans } = sequences.get(i);
    (all.get('sequence') as Int32Array)[i] = spans.length;
    for (const span of spans) (all.get(span < 0 ? 'prompt' : SPANS[span]) as Int32Array)[i] += 1;
  }
  all.delete('end');
  return Object.fromEntries([...all].filter(([, lengths]) => lengths.some((length) => length > 0)));
}

/** @param lengths one or more */
export function distributionOf(lengths: Int32Array): Distribution {
  const sorted = lengths.slice().sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const mean = sorted.reduce((sum, length) => sum + length, 0) / sorted.length;
  return {
    count: sorted.length,
    mean,
    min: at(0),
    p25: at(0.25),
    median: at(0.5),
    p75: at(0.75),
    p95: at(0.95),
    max: at(1),
  };
}

/** Counts of equal ranges from 0 to the longest: `to` is the greatest length of a range. */
export function histogramOf(lengths: Int32Array): { from: number; to: number; count: number }[] {
  const longest = lengths.reduce((most, length) => Math.max(most, length), 1);
  const width = Math.ceil((longest + 1) / BINS);
  const bins = Array.from({ length: Math.ceil((longest + 1) / width) }, (_, i) => ({
    from: i * width,
    to: (i + 1) * width - 1,
    count: 0,
  }));
  for (const length of lengths) bins[Math.floor(length / width)].count += 1;
  return bins;
}

/** The table of lengths and the histogram of whole sequences, as lines. */
export function statsLines(sequences: Sequences): string[] {
  if (sequences.count === 0) return ['no sequences'];
  const columns = ['count', 'mean', 'min', 'p25', 'median', 'p75', 'p95', 'max'] as const;
  const lengths = lengthsOf(sequences);
  const cell = (text: string) => text.padStart(9);
  const header = `${'tokens'.padEnd(18)}${columns.map(cell).join('')}`;
  const rows = Object.entries(lengths).map(([name, some]) => {
    const distribution = distributionOf(some);
    const numbers = columns.map((key) => cell(Math.round(distribution[key]).toLocaleString('en')));
    return `${spanName(name).padEnd(18)}${numbers.join('')}`;
  });
  const bins = histogramOf(lengths.sequence);
  const most = Math.max(...bins.map(({ count }) => count));
  const bars = bins.map(({ from, to, count }) => {
    const bar = '█'.repeat(Math.ceil((BAR * count) / most));
    return `${`${from}–${to}`.padStart(13)} ${bar.padEnd(BAR)} ${count.toLocaleString('en')}`;
  });
  return [header, ...rows, '', 'sequences by length', ...bars];
}
