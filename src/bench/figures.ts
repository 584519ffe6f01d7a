/**
 * From what the rounds measured to what is reported: medians, and ratios of medians. Pure arithmetic; `runBench.ts`
 * calls it last.
 */

/** What a child process measured of one variant in one round. */
export interface Measured {
  /** Tokens that are not padding, a second. */
  tokensPerSecond: number;
  /** Tokens with a loss a second, where these are not all. */
  supervisedTokensPerSecond?: number;
  /** Largest resident memory of the process. */
  peakMemoryBytes: number;
  /** Of the first step, with whatever is compiled in it. */
  firstStepMs: number;
  /** Mean loss of the first and of the last step, of training: both sides must learn alike. */
  losses?: number[];
  /** Tokens of each text, of generation: both sides must write alike. */
  written?: number[][];
  /** Of Python's libraries. */
  versions?: Record<string, string>;
}

export interface Row extends Omit<Measured, 'versions' | 'written'> {
  name: string;
}

export interface Ratio {
  /** `OURS / THEIRS`. */
  name: string;
  /** Above 1 ours is faster. */
  ratio: number;
  /** Number of rounds that the medians are of. */
  rounds: number;
}

/** Two variants to compare, by supervised tokens where they are not all. */
export interface Pair {
  ours: string;
  theirs: string;
}

/** @param values one or more */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** The speed that a variant is compared by. */
const speedOf = ({ supervisedTokensPerSecond, tokensPerSecond }: Measured) =>
  supervisedTokensPerSecond ?? tokensPerSecond;

/** A row a variant: the median of each number over the rounds; the losses are those of the first round. */
export function rowsOf(rounds: ReadonlyMap<string, readonly Measured[]>): Row[] {
  return [...rounds].map(([name, measured]) => {
    const middle = (key: 'tokensPerSecond' | 'peakMemoryBytes' | 'firstStepMs') =>
      median(measured.map((one) => one[key]));
    const supervised = measured.flatMap(({ supervisedTokensPerSecond: speed }) => speed ?? []);
    return {
      name,
      tokensPerSecond: middle('tokensPerSecond'),
      ...(supervised.length > 0 && { supervisedTokensPerSecond: median(supervised) }),
      peakMemoryBytes: middle('peakMemoryBytes'),
      firstStepMs: middle('firstStepMs'),
      ...(measured[0].losses && { losses: measured[0].losses }),
    };
  });
}

/** The ratio of each pair of which both were measured. */
export function ratiosOf(rounds: ReadonlyMap<string, readonly Measured[]>, pairs: readonly Pair[]): Ratio[] {
  return pairs.flatMap(({ ours, theirs }) => {
    const [mine, other] = [rounds.get(ours), rounds.get(theirs)];
    if (!mine || !other) return [];
    const ratio = median(mine.map(speedOf)) / median(other.map(speedOf));
    return [{ name: `${ours} / ${theirs}`, ratio, rounds: Math.min(mine.length, other.length) }];
  });
}
