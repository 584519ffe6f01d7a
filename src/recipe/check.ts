/**
 * Checks plain data against the recipe's schema and says what is wrong in the project's one error form:
 * `recipes/plug-zh.ts: train.learningRate must be a number > 0, got "3e-5"`.
 */
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { shown } from '../shown.ts';
import { aliasesOf, keyOfTarget } from './aliases.ts';
import { expectation, findKey, recipeKeys, recipeSections, schemaAt } from './keys.ts';
import { type Recipe, recipeSchema } from './schema.ts';
import { closest, closestKey } from './suggest.ts';

/** Problems that a message shows; `problems` holds all. */
const SHOWN = 10;

/** A recipe that does not pass, with one line a problem in `problems`. */
export class RecipeError extends UserError {
  override name = 'RecipeError';
  readonly problems: string[];

  /** @param source the file, or whatever else the recipe came from */
  constructor(source: string, problems: string[]) {
    const more = problems.length > SHOWN ? [`and ${problems.length - SHOWN} more`] : [];
    super([...problems.slice(0, SHOWN), ...more].map((problem) => `${source}: ${problem}`).join('\n'));
    this.problems = problems;
  }
}

/** A value as an error shows it: JSON, shortened to 60 characters. */
export function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  const text = typeof value === 'object' || typeof value === 'string' ? shown(value) : String(value);
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
  const foreign = aliasesOf(key.slice(key.lastIndexOf('.') + 1)).map(keyOfTarget);
  const meant =
    closest(key, Object.keys(recipeSections)) ??
    foreign.find((target) => keys.includes(target)) ??
    closestKey(key, keys);
  return `unknown key ${key}${meant ? `, did you mean ${meant}?` : ''}`;
}

/** The same for a name inside a value, such as a field of one language. */
function unknownIn(path: PropertyKey[], name: string): string {
  const key = dotted([...path, name]);
  const object = path.length > 1 ? schemaAt(path) : undefined;
  if (!(object instanceof z.ZodObject) || findKey(dotted(path))) return unknownKey(key);
  const names = Object.keys(object.shape);
  const meant = closest(name, names);
  return `unknown key ${key}${meant ? `, did you mean ${dotted([...path, meant])}?` : `; it may hold ${names.join(', ')}`}`;
}

const missing = ({ key, expects }: { key: string; expects: string }) =>
  `${key} is missing, it must be ${expects}`;

function problemsOf(issue: z.core.$ZodIssue, data: unknown, prefix: PropertyKey[] = []): string[] {
  const path = [...prefix, ...issue.path];
  const key = dotted(path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((name) => unknownIn(path, name));
  }
  if (issue.code === 'invalid_key') {
    const name = String(path.at(-1));
    return [
      `${dotted(path.slice(0, -1))} must have language codes such as "de" as its keys, got ${show(name)}`,
    ];
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
  const inner = known ? undefined : schemaAt(path);
  const expects =
    typeof path.at(-1) === 'number'
      ? 'a non-empty string'
      : (known?.expects ?? (inner ? expectation(inner) : 'an object'));
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

/** One section of a recipe, checked by itself. @throws RecipeError as `checkRecipe` */
export function checkSection<Section extends 'method' | 'generate' | 'languages'>(
  section: Section,
  data: unknown,
  source: string,
): Recipe[Section] {
  const result = recipeSchema.shape[section].safeParse(data);
  if (result.success) return result.data as Recipe[Section];
  const whole = { [section]: data };
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, whole, [section]));
  throw new RecipeError(source, [...new Set(problems)]);
}

/** What `schema` expected, where `value` does not pass; null where it does. */
export function mismatch(schema: z.ZodType, value: unknown): string | null {
  return schema.safeParse(value).success ? null : expectation(schema);
}
