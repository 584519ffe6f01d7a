/**
 * Checks plain data against the recipe's schema and says what is wrong in the project's one error form:
 * `recipes/plug-zh.ts: train.learningRate must be a number > 0, got "3e-5"`.
 */
import type { z } from 'zod';
import { UserError } from '../errors.ts';
import { expectation, findKey, recipeKeys, recipeSections } from './keys.ts';
import { type Recipe, recipeSchema } from './schema.ts';
import { closest, closestKey } from './suggest.ts';

/** A recipe that does not pass, with one line a problem in `problems`. */
export class RecipeError extends UserError {
  override name = 'RecipeError';
  readonly problems: string[];

  /** @param source the file, or whatever else the recipe came from */
  constructor(source: string, problems: string[]) {
    super(problems.map((problem) => `${source}: ${problem}`).join('\n'));
    this.problems = problems;
  }
}

/** A value as an error shows it: JSON, shortened to 60 characters. */
export function show(value: unknown): string {
  const text = typeof value === 'object' || typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** `['data', 'train', 1]` → `data.train[1]`. */
const dotted = (path: PropertyKey[]) =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');

function valueAt(data: unknown, path: PropertyKey[]): unknown {
  let value = data;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | undefined)?.[part];
  return value;
}

/** `unknown key train.learningrate, did you mean train.learningRate?` */
export function unknownKey(key: string): string {
  const keys = recipeKeys.map((known) => known.key);
  const meant = closest(key, Object.keys(recipeSections)) ?? closestKey(key, keys);
  return `unknown key ${key}${meant ? `, did you mean ${meant}?` : ''}`;
}

const missing = ({ key, expects }: { key: string; expects: string }) =>
  `${key} is missing, it must be ${expects}`;

function problemsOf(issue: z.core.$ZodIssue, data: unknown, prefix: PropertyKey[] = []): string[] {
  const path = [...prefix, ...issue.path];
  const key = dotted(path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => unknownKey(dotted([...path, name])));
  }
  if (issue.code === 'custom') return [`${key} ${issue.message}`];
  if (issue.code === 'invalid_union') {
    const inside = issue.errors.find((branch) => branch.every((found) => reachesInside(found)));
    if (inside) return inside.flatMap((found) => problemsOf(found, data, path));
  }
  const value = valueAt(data, path);
  const inSection = recipeKeys.filter((candidate) => candidate.section === key && candidate.required);
  if (value === undefined && inSection.length > 0) {
    return inSection.map(missing);
  }
  const known = findKey(path.filter((part) => typeof part !== 'number').join('.'));
  const expects = typeof path.at(-1) === 'number' ? 'a non-empty string' : (known?.expects ?? 'an object');
  if (value === undefined) return [missing({ key: key || 'the recipe', expects })];
  return [`${key || 'the recipe'} must be ${expects}, got ${show(value)}`];
}

/** True where the value is of the branch's kind and what is wrong lies within it. */
const reachesInside = (issue: z.core.$ZodIssue) =>
  issue.path.length > 0 || issue.code === 'unrecognized_keys';

/**
 * The recipe that `data` describes, defaults filled in.
 * @throws RecipeError naming `source`, with one line for each problem
 */
export function checkRecipe(data: unknown, source: string): Recipe {
  const result = recipeSchema.safeParse(data);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, data));
  throw new RecipeError(source, [...new Set(problems)]);
}

/** What `schema` expected, where `value` does not pass; null where it does. */
export function mismatch(schema: z.ZodType, value: unknown): string | null {
  return schema.safeParse(value).success ? null : expectation(schema);
}
