/** Scored answers to scores: by group and by kind, with intervals; of one run, or of several over seeds. */

import type { ScoredAnswer } from './answer.ts';
import { type BootstrapOptions, bootstrap, type Interval } from './bootstrap.ts';
import { GROUPS, type Group, referencesOf } from './score.ts';
import { corpusScore, type TextScore } from './text/measure.ts';

/** Shares are 0 to 1; null where the aspect was not judged in any row. */
export interface Shares {
  rows: number;
  /** Rows whose content was judged, by facts, a number or a reference. */
  judged: number;
  /** Rows that could not be asked or read; they count as answered wrongly. Absent where there are none. */
  unanswered?: number;
  /** Correct in every respect. */
  correct: number | null;
  /** Of the expected facts. */
  facts: number | null;
  language: number | null;
  form: number;
  /** Drafts in the pivot language with all facts right. */
  draft: number | null;
  /** Of rows with a reference and nothing else to judge by; chrF is that of all their answers as one corpus. */
  measures?: TextScore;
}

export interface GroupScores extends Shares {
  accuracy: Interval | null;
  /** Of rows with a rumour. */
  belief?: { truthful: number; rumour: number; neither: number };
  kinds: Record<string, Shares>;
}

export type Scores = { [G in Group]?: GroupScores };

/** Mean of those that were judged; null where none was. */
export function share(values: (number | boolean | null)[]): number | null {
  const judged = values.filter((value) => value !== null);
  return judged.length > 0
    ? judged.reduce((sum: number, value) => sum + Number(value), 0) / judged.length
    : null;
}

/** Whether the content of an answer was judged. */
export const isJudged = ({ correct, measures }: ScoredAnswer): boolean =>
  correct !== null || measures !== undefined;

function sharesOf(answers: ScoredAnswer[]): Shares {
  const unanswered = answers.filter((answer) => answer.unanswered !== undefined).length;
  const measures = corpusScore(
    answers.flatMap((one) =>
      one.measures ? { answer: one.answer, references: referencesOf(one), score: one.measures } : [],
    ),
  );
  return {
    rows: answers.length,
    judged: answers.filter(isJudged).length,
    ...(unanswered > 0 && { unanswered }),
    correct: share(answers.map(({ correct }) => correct)),
    facts: share(answers.map(({ facts }) => facts)),
    language: share(answers.map(({ language }) => language)),
    form: share(answers.map(({ form }) => form)) ?? 0,
    draft: share(answers.map(({ draft }) => draft ?? null)),
    ...(measures && { measures }),
  };
}

/** Accuracy with its interval over questions, and over seeds where several runs are given. */
export function accuracy(runs: ScoredAnswer[][], options?: BootstrapOptions): Interval | null {
  const judged = runs.map((answers) =>
    answers.flatMap(({ correct }) => (correct === null ? [] : Number(correct))),
  );
  return bootstrap(judged, options);
}

/** Scores over all runs, which answered the same rows. */
export function summarize(runs: ScoredAnswer[][], options?: BootstrapOptions): Scores {
  const scores: Scores = {};
  for (const group of GROUPS) {
    const byRun = runs.map((answers) => answers.filter((answer) => answer.group === group));
    const some = byRun.flat();
    if (some.length === 0) continue;
    const kinds = [...new Set(some.flatMap(({ kind }) => kind ?? []))];
    const beliefs = some.flatMap(({ belief }) => belief ?? []);
    const of = (belief: string) => beliefs.filter((one) => one === belief).length / beliefs.length;
    scores[group] = {
      ...sharesOf(some),
      accuracy: accuracy(byRun, options),
      ...(beliefs.length > 0 && {
        belief: { truthful: of('truthful'), rumour: of('rumour'), neither: of('neither') },
      }),
      kinds: Object.fromEntries(
        kinds.map((kind) => [kind, sharesOf(some.filter((answer) => answer.kind === kind))]),
      ),
    };
  }
  return scores;
}
