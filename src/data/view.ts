/**
 * What a recipe's data look like to its method: the files, the target languages, and which examples are held out.
 * `prepare.ts` goes over it in passes, row by row.
 */
import { UserError } from '../errors.ts';
import { isMethodFile, loadMethod } from '../methods/index.ts';
import type { Example } from '../methods/parts/example.ts';
import { LANGUAGES } from '../methods/parts/languages.ts';
import type { Method, MethodSettings } from '../methods/parts/segment.ts';
import type { Recipe } from '../recipe/schema.ts';
import { emptyRowStats, type RowStats, readExamples } from './examples/load.ts';
import { listFiles } from './read/files.ts';
import { splitOf } from './split.ts';

export type Side = 'train' | 'validation';

export interface View {
  recipe: Recipe;
  method: Method;
  /** One for each language that examples differ by. */
  targets: MethodSettings[];
  files: string[];
  /** All that decides which sequences there are, besides the content of the files. Plain data. */
  settings: unknown;
  /** Told what is being done, for a person who waits. */
  note: (text: string) => void;
}

/** @throws UserError when a file is missing, the method unknown, or target and pivot are one language */
export async function viewOf(recipe: Recipe, note: (text: string) => void = () => {}): Promise<View> {
  const method = await loadMethod(recipe.method.name);
  const targets = targetsOf(recipe, method);
  const { train, pivot = [], validation = [], ...data } = recipe.data;
  const code = isMethodFile(recipe.method.name) ? recipe.method.name : [];
  const sides = [train, pivot, validation, code].map((paths) => [paths].flat());
  const files = await Promise.all(
    sides.map(async (paths) => (await Promise.all(paths.map(listFiles))).flat()),
  );
  const counts = files.map((some) => some.length);
  const settings = [method.name, targets, data, counts, LANGUAGES];
  return { recipe, method, targets, files: files.flat(), settings, note };
}

/** The settings for each target; targets that a method reads the same languages for are one. */
function targetsOf({ method: asked, languages }: Recipe, method: Method): MethodSettings[] {
  const { target, pivot, translationRate } = asked;
  const shared = { pivot, translationRate, ...(languages && { languages }) };
  const all = [target].flat().map((one) => ({ target: one, ...shared }));
  const read = all.map((settings) => method.languages(settings));
  const same = read.find((languages) => new Set(languages).size < languages.length);
  if (same) {
    throw new UserError(`method.pivot must be another language than method.target, got "${pivot}" for both`);
  }
  const names = read.map((languages) => languages.join(' '));
  return all.filter((_, i) => names.indexOf(names[i]) === i);
}

/** The examples of one side for one target, as they are read. Without a validation file that side is empty. */
export async function* examplesOf(
  { recipe: { data }, method }: View,
  settings: MethodSettings,
  side: Side,
  stats: RowStats = emptyRowStats(),
): AsyncGenerator<Example> {
  const { train, validation, ...rest } = data;
  const how = { ...rest, textOnly: method.textOnly };
  const languages = method.languages(settings);
  if (side === 'train') yield* readExamples({ train, ...how }, languages, stats);
  else if (validation) yield* readExamples({ ...how, train: validation, limit: undefined }, languages, stats);
}

/** The bound below which the hash of an id means that its example is held out (`split.ts`). */
export async function heldOutBound(view: View): Promise<number> {
  const { validation, validationShare: share } = view.recipe.data;
  if (validation !== undefined || share === 0) return 0;
  view.note('reading data …');
  const split = splitOf(share);
  for (const settings of view.targets) {
    for await (const { id } of examplesOf(view, settings, 'train')) if (split.add(id)) return split.bound();
  }
  return split.bound();
}
