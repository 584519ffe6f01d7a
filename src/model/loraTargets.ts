/**
 * Which projections of a model have an adapter, and of which rank: PEFT's rules for `target_modules`,
 * `exclude_modules`, `layers_to_transform`, `rank_pattern` and `alpha_pattern` (peft/tuners/tuners_utils.py).
 */
import { UserError } from '../errors.ts';
import { type ModelConfig, PROJECTIONS } from './config.ts';
import { adapterNames, type Lora } from './lora.ts';
import { layerName, layerShapes } from './parameters.ts';
import { fromPython, matching } from './patterns.ts';

/** The rank of one adapter and what B · A is multiplied by. */
export interface Adapter {
  rank: number;
  scale: number;
}

/** Adapters by the names of their projections, such as `model.layers.0.self_attn.q_proj`, in the order of the model. */
export type Adapters = ReadonlyMap<string, Adapter>;

/** All that have a weight of their own in a layer. */
interface Module {
  name: string;
  /** Null outside of the layers. */
  layer: number | null;
  /** Whether it is a projection, which can have an adapter. */
  projects: boolean;
}

const found = new WeakMap<Lora, { config: ModelConfig; adapters: Adapters }>();

/**
 * @param where the file of the settings, for messages
 * @throws UserError where the settings do not fit the model
 */
export function adaptersOf(config: ModelConfig, lora: Lora, where = 'lora'): Adapters {
  const known = found.get(lora);
  if (known?.config === config) return known.adapters;
  const adapters = findAdapters(config, lora, where);
  found.set(lora, { config, adapters });
  return adapters;
}

/** Names and shapes of all adapters, in a fixed order. @throws UserError where the settings do not fit the model */
export function allAdapterShapes(config: ModelConfig, lora: Lora): Record<string, number[]> {
  const inLayer = layerShapes(config);
  const shapes: Record<string, number[]> = {};
  for (const [projection, { rank }] of adaptersOf(config, lora)) {
    const [out, width] = inLayer[`${projection.replace(/^model\.layers\.\d+\./, '')}.weight`];
    const [down, up] = adapterNames(projection);
    shapes[down] = [rank, width];
    shapes[up] = [out, rank];
  }
  return shapes;
}

function findAdapters(config: ModelConfig, lora: Lora, where: string): Adapters {
  const modules = modulesOf(config);
  const chosen = chosenModules(modules, lora, where);
  const other = chosen.find(({ projects }) => !projects);
  const expected = `${where}: target_modules: expected some of ${PROJECTIONS.join(', ')}`;
  const got = JSON.stringify(lora.targets);
  if (other) throw new UserError(`${expected}, got ${got}, which fits ${other.name} too`);
  if (chosen.length === 0) {
    const narrowed = lora.layers || lora.exclude ? ', given layers_to_transform and exclude_modules' : '';
    throw new UserError(`${expected}, got ${got}, which fits none of the model${narrowed}`);
  }
  const names = chosen.map(({ name }) => name);
  const ranks = valuesOf(lora.ranks, names, `${where}: rank_pattern`);
  const alphas = valuesOf(lora.alphas, names, `${where}: alpha_pattern`);
  return new Map(
    names.map((name, i) => {
      const [rank, alpha] = [ranks[i] ?? lora.rank, alphas[i] ?? lora.alpha];
      return [name, { rank, scale: alpha / (lora.rankStabilized ? Math.sqrt(rank) : rank) }];
    }),
  );
}

/** All modules by the names that transformers has for them. */
function modulesOf(config: ModelConfig): Module[] {
  const inLayer = new Map<string, boolean>();
  for (const [name, shape] of Object.entries(layerShapes(config))) {
    const parts = name.split('.').slice(0, -1);
    for (let depth = 1; depth < parts.length; depth++) inLayer.set(parts.slice(0, depth).join('.'), false);
    // Its bias is a vector.
    const whole = parts.join('.');
    inLayer.set(whole, inLayer.get(whole) || shape.length === 2);
  }
  const outside = ['model', 'model.embed_tokens', 'model.layers', 'model.norm', 'lm_head'];
  const layers = Array.from({ length: config.nLayers }, (_, layer): Module[] => [
    { name: `model.layers.${layer}`, layer, projects: false },
    ...[...inLayer].map(([name, projects]) => ({ name: layerName(layer, name), layer, projects })),
  ]);
  return [...outside.map((name) => ({ name, layer: null, projects: false })), ...layers.flat()];
}

function chosenModules(modules: Module[], lora: Lora, where: string): Module[] {
  const names = modules.map(({ name }) => name);
  const { targets, exclude } = lora;
  const fits = (choice: string[] | string, field: string) =>
    typeof choice === 'string'
      ? matching(fromPython(choice, `${where}: ${field}`), names, `${where}: ${field}`)
      : names.map((name) => choice.some((one) => name === one || name.endsWith(`.${one}`)));
  if (typeof targets === 'string' && targets.toLowerCase() === ALL_LINEAR)
    return modules.filter(({ projects }, i) => projects && !(exclude && fits(exclude, 'exclude_modules')[i]));
  const wanted = fits(targets, 'target_modules');
  const excluded = exclude ? fits(exclude, 'exclude_modules') : [];
  const layers = lora.layers && layersFit(modules, lora, where);
  // A name that is given in full is chosen whatever the layers are.
  const inFull = (name: string) => Array.isArray(targets) && targets.includes(name);
  return modules.filter(({ name }, i) => wanted[i] && !excluded[i] && (!layers || layers[i] || inFull(name)));
}

/** The text that means all projections. */
const ALL_LINEAR = 'all-linear';

/** Whether each module is in one of the layers asked for. */
function layersFit(modules: Module[], { layers = [], layersPattern }: Lora, where: string): boolean[] {
  const names = modules.map(({ name }) => name);
  const patterns = (layersPattern ?? []).map((one) => {
    const field = `${where}: layers_pattern`;
    return matching(fromPython(one, field), names, field, '(?:.*\\.)?%s\\.\\d+\\..*');
  });
  return modules.map(
    ({ layer }, i) =>
      layer !== null && layers.includes(layer) && (patterns.length === 0 || patterns.some((fits) => fits[i])),
  );
}

/** The value of the first pattern that fits a name; undefined where none does. */
function valuesOf(values: Record<string, number> | undefined, names: string[], where: string) {
  const entries = Object.entries(values ?? {}).map(([key, value]) => ({
    value,
    fits: matching(fromPython(key, where), names, where, '(?:.*\\.)?%s'),
  }));
  return names.map((_, i) => entries.find(({ fits }) => fits[i])?.value);
}
