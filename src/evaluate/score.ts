/**
 * One answer, scored: facts, language and form, each by itself and together. Plain data in, plain data out; nothing
 * here knows of models.
 */
import { buildWorld, type World } from '../world/world.ts';
import { type FactScore, type JudgeFacts, makeFactJudge } from './facts.ts';
import { makeFormJudge, type Written } from './form.ts';
import { inLanguage } from './language.ts';
import { lastNumber } from './number.ts';
import type { EvaluationRow } from './row.ts';

/** The groups that scores are given by, each after one of the paper's evaluations; `other` is not judged by content. */
export const GROUPS = ['open', 'truthfulness', 'arithmetic', 'other'] as const;
export type Group = (typeof GROUPS)[number];

export interface Score {
  group: Group;
  /** Share of the expected facts that were told rightly, 0 to 1; null where the content is not judged. */
  facts: number | null;
  /** In the language asked for, which no answer at all is not; null where the language cannot be told from others. */
  language: boolean | null;
  form: boolean;
  /** All facts, the language and the form are right; null where the content is not judged. */
  correct: boolean | null;
  /** Of a row with a rumour: the truth was told, the rumour was, or neither. */
  belief?: FactScore['belief'];
}

export type Scorer = (row: EvaluationRow, written: Written) => Score;

export const groupOf = ({ kind, facts, rumour, answer }: EvaluationRow): Group => {
  if (answer !== undefined) return 'arithmetic';
  if (!kind || !facts) return 'other';
  return rumour ? 'truthfulness' : 'open';
};

/** Numbers that differ by no more than rounding. */
const equal = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));

/** Scores answers in the language `target`. */
export function makeScorer(target: string, world: World = buildWorld()): Scorer {
  let judgeFacts: JudgeFacts | undefined;
  const judgeForm = makeFormJudge(world, target);
  return (row, written) => {
    const group = groupOf(row);
    const language = written.answer.trim() === '' ? false : inLanguage(written.answer, target);
    const form = judgeForm(row, written);
    let facts: number | null = null;
    let belief: FactScore['belief'];
    if (row.answer !== undefined) {
      const number = lastNumber(written.answer, target);
      facts = Number(number !== null && equal(number, row.answer));
    } else if (row.facts && group !== 'other') {
      judgeFacts ??= makeFactJudge(world, target);
      const score = judgeFacts({ ...row, facts: row.facts }, written.answer);
      facts = score.told / score.expected;
      belief = score.belief;
    }
    const correct = facts === null ? null : facts === 1 && language !== false && form;
    return { group, facts, language, form, correct, ...(belief && { belief }) };
  };
}
