/**
 * What a comparison found: plain data, written as `report.json` and shown as a table in the terminal and as a page.
 * One row is one recipe at one point of the sweep, over all its seeds.
 */
import type { Interval } from '../evaluate/bootstrap.ts';
import type { PairTotals } from '../evaluate/pairs.ts';
import type { Group } from '../evaluate/score.ts';
import type { Shares } from '../evaluate/summary.ts';

export interface Report {
  name: string;
  /** The command that makes it again. */
  command: string;
  /** What is varied besides the recipe: a key of recipes and the values it takes, as text. */
  sweep?: { key: string; points: string[] };
  seeds: number[];
  /** Runs that stand, and runs in all: fewer while the comparison goes on. */
  done: number;
  total: number;
  rows: ReportRow[];
  samples: Sample[];
}

export interface ReportRow {
  recipe: string;
  description?: string;
  method: string;
  target: string;
  pivot: string;
  /** Value of the swept key. */
  point?: string;
  runs: ReportRun[];
  groups: { [G in Group]?: GroupResult };
  /** Means over the runs. */
  cost: Cost;
}

export interface ReportRun {
  seed: number;
  /** Its folder, as seen from where the command was given; empty for a run that was not kept. */
  folder: string;
  /** Accuracy by group in this run alone. */
  accuracy: { [G in Group]?: number };
  /** Training loss by step, thinned; nats a supervised token. */
  loss: [step: number, loss: number][];
}

/** Over all seeds and questions. */
export interface GroupResult extends Shares {
  /** Share of answers that are right in every respect, with its interval over questions and seeds. */
  accuracy: Interval | null;
  /** Of questions with a rumour: shares of answers that tell the truth, the rumour, or neither. */
  belief?: { truthful: number; rumour: number; neither: number };
  kinds: Record<string, Shares>;
  /** Against another row at the same point and in the same language, question by question; absent for that row. */
  against?: PairTotals & { recipe: string };
}

export interface Cost {
  /** Tokens that went through training, and those of them with a loss. */
  tokensTrained: number;
  supervisedTokens: number;
  trainSeconds: number;
  /** Tokens written for the evaluation. */
  tokensGenerated: number;
  generateSeconds: number;
  /** Answers that they were written for. */
  answers: number;
}

/** One question and what each recipe answered, from the first seed of each row. */
export interface Sample {
  id: string;
  group: Group;
  target: string;
  instruction: string;
  /** The right answer, where the file has one. */
  reference?: string;
  answers: {
    recipe: string;
    point?: string;
    answer: string;
    /** Null where the content was not judged as right or wrong. */
    correct: boolean | null;
    /** How near it is to the reference, 0 to 1, where that is all there is to judge by. */
    chrf?: number;
    /** Why there is no answer, where the model could not be asked. */
    unanswered?: string;
  }[];
}
