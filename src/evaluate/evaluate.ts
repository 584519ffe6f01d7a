/**
 * The loop of an evaluation: rows in batches, asked, scored, handed out one by one. It knows a model only as a function
 * that answers, so a translator around a model or a person at a keyboard is evaluated the same way.
 */
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { type Answerer, generate, targetOf } from '../generate/generate.ts';
import { projectRoot } from '../paths.ts';
import type { Recipe } from '../recipe/schema.ts';
import type { Reply, ScoredAnswer } from './answer.ts';
import type { EvaluationRow } from './row.ts';
import { type EvaluationColumns, readEvaluationRows } from './rows.ts';
import { makeScorer } from './score.ts';
import { type Scores, summarize } from './summary.ts';

/** Answers some instructions, in order. @param first place of the first of them among all, for sampling */
export type Ask = (instructions: string[], first: number) => Promise<Reply[]>;

export interface EvaluateOptions {
  /** Evaluation files or folders; default the made-up world's three. */
  data?: string | string[];
  /** Rows in place of files. */
  rows?: EvaluationRow[];
  columns?: Partial<EvaluationColumns>;
  /** Number of rows to take of each file. */
  limit?: number;
  /** How to prompt, and in which language; default as the model was tuned. */
  method?: Recipe['method'];
  /** Language to ask in; needed for a function that has no recipe. */
  target?: string;
  /** Language that drafts are in, for such a function. */
  pivot?: string;
  /** Decoding; default as the recipe says. */
  generate?: Partial<Recipe['generate']>;
  /** Instructions asked at once; default 8. */
  batchSize?: number;
  /** Replies to rows by their place, from earlier evaluations; rows without one are asked. */
  replies?: (Reply | undefined)[];
  /** Called with each new answer. */
  onAnswer?: (answer: ScoredAnswer, done: number, total: number) => void | Promise<void>;
  /** Asked before each batch: true ends the evaluation there. */
  stopping?: () => boolean;
}

export interface Evaluation {
  answers: ScoredAnswer[];
  scores: Scores;
}

const WORLD_FILES = ['open', 'truthfulness', 'arithmetic'];

/** The files that are asked where none is named. */
export const defaultData = (): string[] =>
  WORLD_FILES.map((name) => join(projectRoot, `datasets/world/evaluate/${name}.jsonl`));

/** A model as a function that answers. */
export function askModel(model: Answerer, options: Pick<EvaluateOptions, 'method' | 'generate'> = {}): Ask {
  const { method = model.recipe?.method, generate: decoding } = options;
  return (instructions, firstRow) =>
    generate(model, instructions, { ...decoding, method, firstRow, batchSize: instructions.length });
}

/**
 * Asks every row and scores the answers, in order.
 * @param answerer a model as `generate` takes it, or any function that answers
 * @throws UserError for files that cannot be read, or where the language is not known
 */
export async function evaluate(answerer: Answerer | Ask, options: EvaluateOptions = {}): Promise<Evaluation> {
  const tuned = options.method ?? (typeof answerer === 'function' ? undefined : answerer.recipe?.method);
  const target = options.target ?? (tuned && targetOf(tuned));
  if (!target)
    throw new UserError('evaluate: expected a language to ask in, got none; give target or method.target');
  const method = tuned && { ...tuned, target };
  const ask = typeof answerer === 'function' ? answerer : askModel(answerer, { ...options, method });
  const { columns, limit, replies = [], batchSize = 8 } = options;
  const files = [options.data ?? defaultData()].flat();
  const pivot = options.pivot ?? tuned?.pivot;
  const rows = options.rows ?? (await readEvaluationRows(files, { target, pivot, columns, limit }));
  const score = makeScorer(target, pivot);
  const scored = (row: EvaluationRow, reply: Reply): ScoredAnswer => {
    const { id, file, kind, instruction, reference, references } = row;
    const { answer, pivotResponse, text, tokens, stopped, seconds, unanswered } = reply;
    return {
      ...{ id, file, ...(kind && { kind }), instruction, ...(reference && { reference }) },
      ...(references && { references }),
      ...{ answer, ...(pivotResponse !== undefined && { pivotResponse }), text, tokens },
      ...(stopped && { stopped }),
      ...(seconds !== undefined && { seconds }),
      ...(unanswered !== undefined && { unanswered }),
      ...score(row, reply),
    };
  };
  const answers: (ScoredAnswer | undefined)[] = rows.map((row, i) => {
    const reply = replies[i];
    return reply && scored(row, reply);
  });
  let done = answers.filter((answer) => answer !== undefined).length;
  // A batch with any answer missing is asked as a whole: the same batches give the same answers to the last bit.
  for (let first = 0; first < rows.length; first += batchSize) {
    const batch = rows.slice(first, first + batchSize);
    if (batch.every((_, i) => answers[first + i])) continue;
    if (options.stopping?.()) break;
    const written = await askBatch(ask, batch, first);
    for (const [i, row] of batch.entries()) {
      if (answers[first + i]) continue;
      const answer = scored(row, written[i]);
      answers[first + i] = answer;
      done += 1;
      await options.onAnswer?.(answer, done, rows.length);
    }
  }
  const given = answers.filter((answer) => answer !== undefined);
  return { answers: given, scores: summarize([given]) };
}

/** Asks those rows of a batch that can be asked. @param first place of the first among all rows */
async function askBatch(ask: Ask, batch: EvaluationRow[], first: number): Promise<Reply[]> {
  const asked = batch.filter(({ unanswerable }) => unanswerable === undefined);
  const started = performance.now();
  const instructions = asked.map(({ instruction }) => instruction);
  const written = instructions.length > 0 ? await ask(instructions, first) : [];
  if (written.length !== asked.length) {
    throw new Error(`evaluate: expected ${asked.length} answers of the function, got ${written.length}`);
  }
  const seconds = Number(((performance.now() - started) / 1000 / asked.length).toPrecision(3));
  const replies = new Map(asked.map((row, i) => [row, { ...written[i], seconds }]));
  return batch.map(
    (row) => replies.get(row) ?? { answer: '', text: '', tokens: 0, unanswered: row.unanswerable },
  );
}
