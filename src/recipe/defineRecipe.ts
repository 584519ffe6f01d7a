/**
 * What a recipe module calls: checks the keys, gives them types in the editor, and fills in the defaults.
 * `loadRecipe` finds such a module by name and lays overrides over it.
 */
import { checkRecipe } from './check.ts';
import type { Recipe, RecipeInput } from './schema.ts';

/**
 * A checked recipe, defaults filled in.
 *
 * @example
 * export default defineRecipe({
 *   name: 'plug-ko',
 *   method: { target: 'ko' },
 *   data: { train: 'datasets/world/tune.jsonl' },
 * });
 * @throws RecipeError saying for each wrong key what it must be and what it was
 */
export function defineRecipe(input: RecipeInput): Recipe {
  const name = (input as Partial<RecipeInput> | undefined)?.name;
  return checkRecipe(input, typeof name === 'string' ? `recipe ${name}` : 'recipe');
}
