/**
 * What a comparison runs: each recipe, at each point of a sweep, with each seed. A run is named by a hash of all that
 * decides its result, so that one that stands already is found again, whichever comparison made it.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { modelHash } from '../checkpoint/identity.ts';
import { viewOf } from '../data/view.ts';
import { UserError } from '../errors.ts';
import { dataHash } from '../evaluate/store.ts';
import { targetOf } from '../generate/generate.ts';
import { projectRoot } from '../paths.ts';
import { layOver, loadRecipe } from '../recipe/loadRecipe.ts';
import type { Recipe, RecipeOverrides } from '../recipe/schema.ts';

/** One value of the swept key: as text, and as what it lays over a recipe. */
export interface Point {
  text: string;
  overrides: RecipeOverrides;
}

export interface Comparison {
  /** Names or files of recipes. */
  recipes: string[];
  seeds: number[];
  /** What is laid over all of them. */
  overrides: RecipeOverrides;
  sweep?: { key: string; points: Point[] };
  /** The folder that runs are kept in. */
  runs: string;
}

/** One training with its evaluation. */
export interface PlannedRun {
  recipe: Recipe;
  target: string;
  point?: string;
  seed: number;
  dir: string;
}

/**
 * All runs, seed by seed, so that a comparison that is stopped has something of each recipe.
 * @throws UserError for a recipe that does not pass, or that answers in more than one language
 */
export async function planRuns({
  recipes,
  seeds,
  overrides,
  sweep,
  runs,
}: Comparison): Promise<PlannedRun[]> {
  const planned: PlannedRun[] = [];
  const content = contentHash();
  for (const seed of seeds) {
    for (const point of sweep?.points ?? [undefined]) {
      for (const name of recipes) {
        const layers = [overrides, point?.overrides ?? {}, { train: { seed }, data: { seed } }];
        const recipe = await loadRecipe(
          name,
          layers.reduce((below, above) => layOver(below, above)),
        );
        const target = targetOf(recipe.method);
        const dir = join(runs, `${recipe.name}-${await content(recipe)}`);
        planned.push({ recipe, target, ...(point && { point: point.text }), seed, dir });
      }
    }
  }
  const dirs = planned.map(({ dir }) => dir);
  const twice = planned.find(({ dir }, i) => dirs.indexOf(dir) !== i);
  if (!twice) return planned;
  const where = twice.point === undefined ? '' : ` at ${sweep?.key} ${twice.point}`;
  throw new UserError(
    `compare: expected runs that differ, got ${twice.recipe.name}${where} twice with seed ${twice.seed}; ` +
      'leave one out, or sweep a key that the recipe uses',
  );
}

/** What decides a run's result: the recipe, the bytes of its data, and the model that it starts from. */
function contentHash(): (recipe: Recipe) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  const once = (key: string, make: () => Promise<string>) => {
    const found = known.get(key) ?? make();
    known.set(key, found);
    return found;
  };
  return async (recipe) => {
    const { files } = await viewOf(recipe);
    const { description: _, evaluate: __, ...deciding } = recipe;
    const hash = createHash('sha256').update(JSON.stringify(deciding).replaceAll(projectRoot, '.'));
    hash.update(await once(files.join('\0'), () => dataHash(files)));
    const from = recipe.model.from;
    if (from !== undefined && existsSync(from)) hash.update(await once(from, () => modelHash(from)));
    return hash.digest('hex').slice(0, 10);
  };
}
