/** Two systems on the same rows: who answered each better. After the paper's pairwise judgements, by the scores. */
import type { ScoredAnswer } from './answer.ts';

export interface PairTotals {
  win: number;
  tie: number;
  loss: number;
  rows: number;
}

/** What decides a row, the first difference first. */
function merits({ group, language, facts, form, correct, measures }: ScoredAnswer): number[] {
  const right = (value: boolean | null) => Number(value !== false);
  if (group === 'text') return [right(language), measures?.chrf ?? 0, Number(form)];
  if (group === 'open' || group === 'other') return [right(language), facts ?? 0, Number(form)];
  return [Number(correct)];
}

/**
 * Wins, ties and losses of `a` against `b`. An open row goes to the answer in the right language, then to the one that
 * tells more of the facts, then to the one of the right form. A row with a reference goes by chrF in place of the facts,
 * one without anything to judge by goes by language and form alone, any other row to the answer that is right. The paper's one
 * figure is the difference of win and loss in percent of the rows: 100 · (W − L) / (W + T + L).
 * @throws Error where the two did not answer the same rows in the same order
 */
export function comparePairs(a: ScoredAnswer[], b: ScoredAnswer[]): PairTotals {
  const keys = [a, b].map((answers) => answers.map(({ file, id }) => `${file} ${id}`));
  const differs = keys[0].findIndex((key, i) => key !== keys[1][i]);
  if (a.length !== b.length || differs >= 0) {
    const at = differs < 0 ? Math.min(a.length, b.length) : differs;
    const [here, there] = keys.map((some) => some[at] ?? 'no row');
    throw new Error(`comparePairs: expected the same rows on both sides, got ${here} and ${there} at ${at}`);
  }
  const totals: PairTotals = { win: 0, tie: 0, loss: 0, rows: a.length };
  for (const [i, answer] of a.entries()) {
    const [ours, theirs] = [merits(answer), merits(b[i])];
    const difference =
      ours.map((value, at) => value - theirs[at]).find((value) => Math.abs(value) > 1e-9) ?? 0;
    totals[difference > 0 ? 'win' : difference < 0 ? 'loss' : 'tie'] += 1;
  }
  return totals;
}
