/**
 * One answer, scored: facts, language and form, each by itself and together. Plain data in, plain data out; nothing
 * here knows of models.
 */
import { buildWorld, type World } from '../world/world.ts';
import { type FactScore, type JudgeFacts, makeFactJudge } from './facts.ts';
import { makeFormJudge, type Written } from './form.ts';
import { inLanguage } from './language.ts';
import { lastNumber } from './number.ts';
import { READINGS } from './readings/index.ts';
import type { EvaluationRow } from './row.ts';
import { type TextScore, textScore } from './text/measure.ts';

/**
 * The groups that scores are given by. The first three are each after one of the paper's evaluations; `text` has a
 * reference and nothing else to judge by; `other` is not judged by content.
 */
export const GROUPS = ['open', 'truthfulness', 'arithmetic', 'text', 'other'] as const;
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
  /** All facts are right in the draft in the pivot language; absent where there is no draft to judge. */
  draft?: boolean;
  /** Of a row with a rumour: the truth was told, the rumour was, or neither. */
  belief?: FactScore['belief'];
  /** Of a row with a reference and nothing else: how near the answer is to it. */
  measures?: TextScore;
}

export type Scorer = (row: EvaluationRow, written: Written & { pivotResponse?: string }) => Score;

export const groupOf = ({ kind, facts, rumour, answer, reference }: EvaluationRow): Group => {
  if (answer !== undefined) return 'arithmetic';
  if (!kind || !facts) return reference === undefined ? 'other' : 'text';
  return rumour ? 'truthfulness' : 'open';
};

/** Numbers that differ by no more than rounding. */
const equal = (a: number, b: number) => Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));

/** Scores answers in the language `target`, and drafts in `pivot` where there are any. */
export function makeScorer(target: string, pivot?: string, world: World = buildWorld()): Scorer {
  const judgeContent = contentJudge(target, world);
  const judgeDraft = pivot !== undefined && READINGS[pivot] ? contentJudge(pivot, world) : undefined;
  const judgeForm = makeFormJudge(world, target);
  return (row, written) => {
    const language = written.answer.trim() === '' ? false : inLanguage(written.answer, target);
    const form = judgeForm(row, written);
    const { facts, belief } = judgeContent(row, written.answer);
    const correct = facts === null ? null : facts === 1 && language !== false && form;
    const { inPivot: instruction } = row;
    const group = groupOf(row);
    const draft =
      instruction && written.pivotResponse !== undefined
        ? judgeDraft?.({ ...row, instruction }, written.pivotResponse).facts
        : undefined;
    return {
      group,
      facts,
      language,
      form,
      correct,
      ...(draft != null && { draft: draft === 1 }),
      ...(belief && { belief }),
      ...(group === 'text' && { measures: textScore(written.answer, referencesOf(row), target) }),
    };
  };
}

/** All references of a row with one. */
export const referencesOf = ({
  reference = '',
  references,
}: Pick<EvaluationRow, 'reference' | 'references'>): string[] => references ?? [reference];

/** Whether a text in one language tells what its row asks for: a number, or facts. */
function contentJudge(language: string, world: World) {
  let judgeFacts: JudgeFacts | undefined;
  return (row: EvaluationRow, text: string): Pick<Score, 'facts' | 'belief'> => {
    if (row.answer !== undefined) {
      const number = lastNumber(text, language);
      return { facts: Number(number !== null && equal(number, row.answer)) };
    }
    if (!row.facts || !row.kind) return { facts: null };
    judgeFacts ??= makeFactJudge(world, language);
    const { told, expected, belief } = judgeFacts({ ...row, facts: row.facts }, text);
    return { facts: told / expected, belief };
  };
}
