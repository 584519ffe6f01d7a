/** What differs between the recipe that a run began with and the one it is asked for now. */
import { isAdapter } from '../checkpoint/adapterConfig.ts';
import { type Recipe, recipeSchema } from '../recipe/schema.ts';

export interface Difference {
  /** Dotted, such as `train.learningRate`. */
  key: string;
  /** As JSON; `not set` where the recipe has no value. */
  before: string;
  now: string;
}

/** Keys and sections that change no number of the training. */
const FREE = new Set([
  ...['description', 'generate', 'evaluate'],
  ...['train.saveEvery', 'train.keepSteps', 'train.validateEvery'],
]);

/** Keys that say how long a run is: with others it goes on longer. */
const LENGTH = new Set(['train.steps', 'train.epochs']);

/** Settings that decide the numbers of a run and are not the same. */
export function differencesOf(saved: object, recipe: Recipe): Difference[] {
  const { from } = recipe.model;
  // Where the model has adapters and the recipe names none, they are the model's own, whatever was written down of them.
  const takesAdapters = recipe.lora === undefined && from !== undefined && isAdapter(from);
  const isFree = (key: string) =>
    FREE.has(key) || FREE.has(key.split('.')[0]) || (takesAdapters && key.startsWith('lora.'));
  // A key that a later version has added was at its default.
  const filled = recipeSchema.safeParse(saved);
  const before = flatten(plain(filled.success ? filled.data : saved));
  const now = flatten(plain(recipe));
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]);
  return [...keys]
    .filter((key) => !isFree(key) && before[key] !== now[key])
    .map((key) => ({ key, before: before[key] ?? 'not set', now: now[key] ?? 'not set' }));
}

/** Whether a difference is one of length alone. */
export const isLength = ({ key }: Difference): boolean => LENGTH.has(key);

/** Differences that are named one by one; further ones are counted. */
const NAMED = 8;

/** Differences in one line. */
export function differencesText(differences: Difference[], changes: string[] = []): string {
  const all = [
    ...differences.map(
      ({ key, before, now }) => `${key}: expected ${before}, as the run began with, got ${now}`,
    ),
    ...changes,
  ];
  const more = all.length > NAMED ? `; and ${all.length - NAMED} more` : '';
  return all.slice(0, NAMED).join('; ') + more;
}

/** As it comes out of JSON. */
const plain = (value: object): object => JSON.parse(JSON.stringify(value));

function flatten(value: unknown, prefix = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null) return { [prefix]: JSON.stringify(value) };
  const entries = Object.entries(value).map(([key, inner]) =>
    flatten(inner, prefix ? `${prefix}.${key}` : key),
  );
  return Object.assign({}, ...entries);
}
