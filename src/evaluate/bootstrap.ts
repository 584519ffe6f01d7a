/**
 * Intervals by the bootstrap: questions are drawn anew with replacement, and where several runs answered them, runs
 * (seeds) too. Deterministic by its seed.
 */
import seedrandom from 'seedrandom';

export interface Interval {
  mean: number;
  /** Ends of the 95 % interval, by percentiles. */
  low: number;
  high: number;
}

export interface BootstrapOptions {
  resamples?: number;
  seed?: number;
}

const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The value below which a share of the sorted ones lies. */
const percentile = (sorted: number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))];

/**
 * Mean of all values and its 95 % interval.
 * @param runs values by run and question, the same questions in the same order in each run
 * @returns null where there is no question
 */
export function bootstrap(
  runs: number[][],
  { resamples = 2000, seed = 1 }: BootstrapOptions = {},
): Interval | null {
  const questions = runs[0]?.length ?? 0;
  if (questions === 0) return null;
  const uneven = runs.find(({ length }) => length !== questions);
  if (uneven) {
    throw new Error(`bootstrap: expected ${questions} questions in every run, got ${uneven.length}`);
  }
  const random = seedrandom.alea(String(seed)) as () => number;
  const draw = (count: number) => Math.floor(random() * count);
  const means = Array.from({ length: resamples }, () => {
    const some = runs.map(() => runs[draw(runs.length)]);
    let sum = 0;
    for (let i = 0; i < questions; i++) {
      const question = draw(questions);
      for (const run of some) sum += run[question];
    }
    return sum / (questions * runs.length);
  }).sort((a, b) => a - b);
  const mean = meanOf(runs.map(meanOf));
  return { mean, low: percentile(means, 0.025), high: percentile(means, 0.975) };
}
