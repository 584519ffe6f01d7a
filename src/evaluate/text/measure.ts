/**
 * An answer against its references, for rows with nothing else to judge by: what it says is compared as text. All
 * measures are 0 to 1; where there are several references, each measure takes the one that is best for it.
 */
import { chrfCounts, chrfOf } from './chrf.ts';
import { exactMatch, rougeL, tokenF1 } from './overlap.ts';

export interface TextScore {
  /** The same words: 1 or 0, in a summary the share of the answers. */
  exact: number;
  /** F1 of the words. */
  f1: number;
  /** Of one answer, or of all answers as one corpus. */
  chrf: number;
  rougeL: number;
}

/** @param references at least one */
export function textScore(answer: string, references: string[], language: string): TextScore {
  const best = (measure: typeof exactMatch) =>
    Math.max(...references.map((reference) => measure(answer, reference, language)));
  return {
    exact: best(exactMatch),
    f1: best(tokenF1),
    chrf: chrfOf([chrfCounts(answer, references)]),
    rougeL: best(rougeL),
  };
}

/** What a summary needs of an answer. */
export interface Measured {
  answer: string;
  references: string[];
  score: TextScore;
}

/** The mean of each measure; chrF is that of the corpus. Null where there is no answer. */
export function corpusScore(measured: Measured[]): TextScore | null {
  if (measured.length === 0) return null;
  const mean = (of: 'exact' | 'f1' | 'rougeL') =>
    measured.reduce((sum, { score }) => sum + score[of], 0) / measured.length;
  const chrf = chrfOf(measured.map(({ answer, references }) => chrfCounts(answer, references)));
  return { exact: mean('exact'), f1: mean('f1'), chrf, rougeL: mean('rougeL') };
}
