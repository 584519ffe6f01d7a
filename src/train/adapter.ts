/** A recipe for a model that already has an adapter, which is trained on as it is. */
import { isAdapter, readLora } from '../checkpoint/adapterConfig.ts';
import { readBaseConfig } from '../checkpoint/config.ts';
import { UserError } from '../errors.ts';
import { PROJECTIONS } from '../model/config.ts';
import { adaptersOf } from '../model/loraTargets.ts';
import { displayPath } from '../paths.ts';
import type { Recipe } from '../recipe/schema.ts';

type Settings = NonNullable<Recipe['lora']>;

/**
 * The recipe with the settings of the adapter in `source`, so that it says what is trained.
 * @param source directory that the weights come from
 * @throws UserError where the recipe asks for other settings
 */
export async function withAdapterOf(recipe: Recipe, source: string | undefined): Promise<Recipe> {
  if (source === undefined || !isAdapter(source)) return recipe;
  const lora = await readLora(source);
  const adapted = [...adaptersOf(await readBaseConfig(lora.base), lora).keys()];
  const targets = PROJECTIONS.filter((name) => adapted.some((one) => one.endsWith(`.${name}`)));
  const { rank, alpha, dropout } = lora;
  const settings: Settings = { rank, alpha, dropout, targets };
  if (recipe.lora) requireSame(settings, recipe.lora, source, lora.base);
  return { ...recipe, lora: settings };
}

function requireSame(settings: Settings, asked: Settings, source: string, base: string): void {
  const text = (value: Settings[keyof Settings]) =>
    Array.isArray(value) ? [...value].sort().join(',') : value;
  const fields = Object.keys(settings) as (keyof Settings)[];
  const differing = fields.filter((field) => text(settings[field]) !== text(asked[field]));
  if (differing.length === 0) return;
  const list = (of: Settings) => differing.map((field) => `lora.${field} ${text(of[field])}`).join(', ');
  throw new UserError(
    `${displayPath(source)}: expected the settings of the adapter there, ${list(settings)}, got ${list(asked)}; ` +
      `give these or none to go on with it, or --model ${displayPath(base)} for a new adapter`,
  );
}
