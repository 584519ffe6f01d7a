/** A model directory evaluated into a folder: what the same model was asked there under the same settings is not asked again. */

import { join } from 'node:path';
import { modelHash, modelStamp } from '../checkpoint/identity.ts';
import { type LoadedModel, loadModel } from '../checkpoint/model.ts';
import { UserError } from '../errors.ts';
import { readJson } from '../files.ts';
import { type AskedMethod, methodOf, targetOf } from '../generate/generate.ts';
import { displayPath } from '../paths.ts';
import { type Recipe, recipeSchema } from '../recipe/schema.ts';
import { askModel, defaultData, type Evaluation, evaluate } from './evaluate.ts';
import type { EvaluationRow } from './row.ts';
import { type EvaluationColumns, readEvaluationRows } from './rows.ts';
import { dataHash, openStore } from './store.ts';

export interface FolderOptions {
  /** Evaluation files or folders; default the made-up world's three. */
  files?: string[];
  columns?: Partial<EvaluationColumns>;
  /** Rows to take of each file. */
  limit?: number;
  /** Laid over what the model was tuned by. */
  method?: Partial<AskedMethod>;
  generate?: Partial<Recipe['generate']>;
  /** Instructions asked at once; default 8. */
  batchSize?: number;
  /** Folder of the answers; default `evaluations` in the model's. */
  output?: string;
  /** Called once with the number of answers there will be, and of those that are there already. */
  onBegin?: (total: number, done: number) => void;
  onAnswer?: (done: number, total: number) => void;
  /** Asked before each batch: true stops there. */
  stopping?: () => boolean;
  /** Called with the columns that would change what is asked, but are not read, with the rows that have them. */
  onUnread?: (columns: Record<string, number>) => void;
}

export interface FolderEvaluation extends Evaluation {
  target: string;
  files: string[];
  output: string;
  /** Name of the file of scores in it. */
  scoresFile: string;
  /** Rows that could not be asked or read, in order. */
  unanswered: { place: string; id: string; reason: string }[];
}

/**
 * The caller holds the lock of `output`.
 * @returns null where it was asked to stop before its end
 * @throws UserError for files that cannot be read, and a model that does not say how to prompt it
 */
export async function evaluateFolder(
  dir: string,
  options: FolderOptions = {},
): Promise<FolderEvaluation | null> {
  const { files = defaultData(), columns = {}, limit, batchSize = 8, stopping } = options;
  const stamp = await modelStamp(dir);
  const fingerprint = await modelHash(dir);
  const recipe = (await readJson(join(dir, 'recipe.json'))) as Recipe | null;
  const method = methodOf(recipe, options.method);
  if (!method) {
    throw new UserError(
      `${displayPath(dir)}: expected a model with a recipe.json beside it, got none; ` +
        'say how to prompt: --method.name plug --method.target ko',
    );
  }
  const target = targetOf(method);
  const { onUnread } = options;
  const rows = await readEvaluationRows(files, { target, pivot: method.pivot, columns, limit, onUnread });
  const decoding = { ...recipeSchema.shape.generate.parse(recipe?.generate), ...options.generate };
  const settings = {
    ...{ model: fingerprint, target, method, generate: decoding },
    // A sampled answer follows from the place of its question too.
    ...(decoding.temperature > 0 && { data: await dataHash(files), limit, batchSize }),
  };
  const output = options.output ?? join(dir, 'evaluations');
  // As it comes out of JSON, keys without a value left out.
  const store = await openStore(output, JSON.parse(JSON.stringify(settings)));
  const replies = store.repliesTo(rows);
  options.onBegin?.(rows.length, replies.filter((reply) => reply !== undefined).length);
  let model: LoadedModel | undefined;
  try {
    const evaluation = await evaluate(
      async (instructions, first) => {
        model ??= await loadUnchanged(dir, stamp);
        return askModel(model, { method, generate: decoding })(instructions, first);
      },
      {
        ...{ rows, target, pivot: method.pivot, batchSize, stopping, replies },
        async onAnswer(answer, done) {
          await store.append(answer);
          options.onAnswer?.(done, rows.length);
        },
      },
    );
    if (evaluation.answers.length < rows.length) return null;
    const about = { model: displayPath(dir), target, files: files.map(displayPath), limit };
    const scoresFile = await store.finish(evaluation, about);
    return { ...evaluation, target, files, output, scoresFile, unanswered: unansweredOf(rows, evaluation) };
  } finally {
    model?.dispose();
  }
}

function unansweredOf(rows: EvaluationRow[], { answers }: Evaluation): FolderEvaluation['unanswered'] {
  return answers.flatMap(({ id, file, unanswered: reason }, i) =>
    reason === undefined ? [] : [{ place: rows[i].place ?? file, id, reason }],
  );
}

/** The model, if its files are still those that were hashed: a run may have saved another one meanwhile. */
async function loadUnchanged(dir: string, stamp: string): Promise<LoadedModel> {
  const model = await loadModel(dir);
  if ((await modelStamp(dir)) === stamp) return model;
  model.dispose();
  throw new UserError(
    `${displayPath(dir)}: expected a model that stays as it is, got other files while it was read; ` +
      'evaluate it once its training has ended',
  );
}
