/**
 * Finds a recipe by name or path, lays overrides over it and makes its paths absolute. The command line and
 * scripts start here; what comes out is stored as `recipe.json` beside each checkpoint.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { isUserError, readable, refusedAt, UserError } from '../errors.ts';
import { importModule, MODULE_ENDINGS } from '../importModule.ts';
import { isMethodFile } from '../methods/index.ts';
import { callerDir, displayPath, fromCaller, projectRoot } from '../paths.ts';
import { otherThanFile, refuseOtherThanFile } from '../plainFile.ts';
import { kindOf } from '../shown.ts';
import { checkRecipe, RecipeError } from './check.ts';
import { parseJson } from './json.ts';
import type { Recipe, RecipeInput, RecipeOverrides } from './schema.ts';
import { closest } from './suggest.ts';

/** What overrides name in place of a model to begin with random weights. */
const SCRATCH = 'none';

const recipesDir = join(projectRoot, 'recipes');

/** Names of the project's recipes, in order. */
export function recipeNames(): string[] {
  const files = readdirSync(recipesDir).filter((file) => file.endsWith('.ts'));
  return files.map((file) => file.slice(0, -'.ts'.length)).sort();
}

/** What a file of a recipe may end in. */
const ENDINGS = [...MODULE_ENDINGS, '.json'];

/** What is at `path`; null where there is nothing. @throws UserError where the system does not say */
function statOf(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return null;
    throw readable(error, displayPath(path));
  }
}

/** The file of a recipe: `plug-ko`, a module or `.json` file, or a directory that holds a `recipe.json`. */
function recipeFile(nameOrPath: string): string {
  const isPath = /[\\/]/.test(nameOrPath);
  const named = join(recipesDir, `${nameOrPath}.ts`);
  if (!isPath && nameOrPath !== '' && existsSync(named)) return named;
  const path = fromCaller(nameOrPath);
  const found = nameOrPath === '' ? null : statOf(path);
  if (found?.isDirectory() && existsSync(join(path, 'recipe.json'))) return join(path, 'recipe.json');
  const ending = extname(path).toLowerCase();
  const source = displayPath(path);
  if (found?.isFile() && ENDINGS.includes(ending)) return path;
  if (found?.isFile()) {
    throw new UserError(
      `${source}: expected a recipe as a file that ends in ${ENDINGS.join(', ')}, got ${ending || 'no ending'}; ` +
        'write the same keys as JSON, or as `export default defineRecipe({ … })` in a .ts file',
    );
  }
  if (isPath || ENDINGS.includes(ending) || found) {
    const [got, fix] = found?.isDirectory()
      ? ['a folder without recipe.json', 'name a file in it, or the folder of a run']
      : [(found && otherThanFile(found)) ?? 'none', 'check the path'];
    throw new UserError(`${source}: expected the file of a recipe, got ${got}; ${fix}`);
  }
  const names = recipeNames();
  const meant = closest(nameOrPath, names);
  throw new UserError(
    `no recipe ${nameOrPath}${meant ? `, did you mean ${meant}?` : '.'} ` +
      `Recipes: ${names.join(', ')}; or the path of a .ts or .json file`,
  );
}

/** What the file holds, unchecked when it is JSON, and the folder that its relative paths start from. */
async function readRecipe(file: string): Promise<{ input: RecipeInput; base: string }> {
  const source = displayPath(file);
  if (extname(file).toLowerCase() === '.json') {
    await refuseOtherThanFile(file, 'the file of a recipe');
    const text = await readFile(file, 'utf8').catch(refusedAt(source));
    return { input: parseJson(text, source, 'a recipe as JSON') as RecipeInput, base: callerDir() };
  }
  const ours = file.startsWith(join(projectRoot, '/'));
  const module = await importModule(file, 'a recipe').catch((error) => {
    throw isRecipeError(error) ? new RecipeError(source, error.problems) : error;
  });
  const input = await module.default;
  if (!isPlain(input)) {
    const others = Object.keys(module).filter((name) => name !== 'default' && name !== 'module.exports');
    const names = others.length > 0 ? `, only ${others.join(', ')}` : '';
    const got = input === undefined ? `no default export${names}` : `${kindOf(input)} as default export`;
    throw new UserError(`${source}: expected \`export default defineRecipe({ … })\`, got ${got}`);
  }
  return { input: input as RecipeInput, base: ours ? projectRoot : dirname(file) };
}

/** Also one that another copy of this package threw. */
const isRecipeError = (error: unknown): error is RecipeError =>
  isUserError(error) && error.name === 'RecipeError' && 'problems' in error;

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `over` laid over `base`, key by key; lists are replaced as a whole, undefined changes nothing. */
export function layOver<Base extends object>(base: Base, over: object): Base {
  const merged = { ...base } as Plain;
  for (const [key, value] of Object.entries(over)) {
    if (value === undefined) continue;
    const below = merged[key];
    merged[key] = isPlain(value) && isPlain(below) ? layOver(below, value) : value;
  }
  return merged as Base;
}

/** A copy in which the keys that name files are absolute, taken from the folder `base`. */
function absolutePaths<T extends RecipeInput | RecipeOverrides>(input: T, base: string): T {
  const absolute = <V>(value: V): V => {
    if (Array.isArray(value)) return value.map(absolute) as V;
    return typeof value === 'string' && value !== '' ? (resolve(base, value) as V) : value;
  };
  const copy = structuredClone(input);
  for (const [section, key] of [
    ['data', 'train'],
    ['data', 'pivot'],
    ['data', 'validation'],
    ['tokenizer', 'path'],
    ['model', 'from'],
    ['evaluate', 'data'],
  ]) {
    const holder = (copy as Plain)?.[section];
    if (isPlain(holder) && holder[key] !== undefined) holder[key] = absolute(holder[key]);
  }
  const { method } = copy as { method?: { name?: string } };
  if (method?.name && isMethodFile(method.name)) method.name = absolute(method.name);
  return copy;
}

/**
 * The recipe called `nameOrPath`, with `overrides` laid over it.
 *
 * Relative paths start from the project's folder in the project's own recipes, from the module's folder in a
 * module elsewhere, and from the folder of the command in JSON and overrides. Other training data brings its
 * own validation, pivot and evaluation files: where `data.train` is overridden and these are not, the recipe's own are
 * left out, and `data.validationShare` applies; so is `data.limit`. `model.from: 'none'` leaves out the recipe's model.
 *
 * @throws UserError when there is no such recipe, RecipeError when it does not pass
 */
export async function loadRecipe(nameOrPath: string, overrides: RecipeOverrides = {}): Promise<Recipe> {
  const file = recipeFile(nameOrPath);
  const { input, base } = await readRecipe(file);
  const recipe = checkRecipe(input, displayPath(file));
  if (overrides.data?.train !== undefined) {
    delete recipe.data.validation;
    delete recipe.data.pivot;
    delete recipe.data.limit;
    delete recipe.evaluate.data;
  }
  const changed = absolutePaths(overrides, callerDir());
  if (overrides.model?.from === SCRATCH) {
    delete recipe.model.from;
    delete changed.model?.from;
  }
  const source =
    Object.keys(overrides).length > 0 ? `${displayPath(file)} with overrides` : displayPath(file);
  return checkRecipe(layOver(absolutePaths(recipe, base), changed), source);
}
