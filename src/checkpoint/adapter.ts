/** Adapters as PEFT keeps them: `adapter_config.json` and `adapter_model.safetensors`, beside no model of their own. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { type Mode, newVariables } from '../compile/index.ts';
import { UserError } from '../errors.ts';
import { readJson, writeFileWhole, writeJson } from '../files.ts';
import { type Options, optionsOf } from '../model/architectures/options.ts';
import { type ModelConfig, PROJECTIONS } from '../model/config.ts';
import { allAdapterShapes, fillAdapter, type Lora, type Projection } from '../model/lora.ts';
import type { ModelParameters } from '../model/parameters.ts';
import { projectRoot } from '../recipe/paths.ts';
import { readHeader, readInto, type TensorEntry, writeSafetensors } from './safetensors.ts';
import { sourcesOf } from './weights.ts';

const CONFIG = 'adapter_config.json';
const WEIGHTS = 'adapter_model.safetensors';
/** What PEFT puts before the names of parameters. */
const PREFIX = 'base_model.model.';

export const isAdapter = (dir: string): boolean => existsSync(join(dir, CONFIG));

/** Where the tokenizer of a model directory is: adapters from elsewhere often come without one. */
export async function tokenizerDir(dir: string): Promise<string> {
  const has = ['tokenizer.json', 'tokenizer.model'].some((name) => existsSync(join(dir, name)));
  return isAdapter(dir) && !has ? (await readLora(dir)).base : dir;
}

/** Removes an adapter, where another model takes its place. */
export async function removeAdapter(dir: string): Promise<void> {
  for (const name of [CONFIG, WEIGHTS]) await rm(join(dir, name), { force: true });
}

/** Reads `adapter_config.json`. @throws UserError naming the option that is wrong or not supported */
export async function readLora(dir: string): Promise<Lora> {
  const file = join(dir, CONFIG);
  const json = await readJson(file);
  if (json === null) throw new UserError(`${dir}: expected an adapter with ${CONFIG}, found none`);
  const options = optionsOf(json, {}, file);
  const supported: [string, unknown[]][] = [
    ['peft_type', ['LORA']],
    ['bias', ['none']],
    ['fan_in_fan_out', [false]],
    ['use_dora', [false]],
    ['modules_to_save', []],
    ['layers_to_transform', []],
    ['trainable_token_indices', []],
  ];
  for (const [field, values] of supported) {
    const value = options.get(field) ?? null;
    if (value !== null && !values.includes(value)) {
      throw options.bad(field, values.length > 0 ? JSON.stringify(values[0]) : 'none');
    }
  }
  for (const field of ['rank_pattern', 'alpha_pattern']) {
    if (Object.keys((options.get(field) as object) ?? {}).length > 0) throw options.bad(field, 'none');
  }
  const dropout = options.get('lora_dropout') ?? 0;
  if (typeof dropout !== 'number' || dropout < 0 || dropout >= 1) throw options.bad('lora_dropout', 'a rate');
  return {
    base: findBase(options, dir, file),
    rank: options.number('r'),
    alpha: options.number('lora_alpha'),
    rankStabilized: options.flag('use_rslora'),
    dropout,
    targets: targetsOf(options),
  };
}

/** The frozen model: a path as it stands, from the adapter's folder, or from the project's. */
function findBase(options: Options, dir: string, file: string): string {
  const base = options.get('base_model_name_or_path');
  if (typeof base !== 'string') throw options.bad('base_model_name_or_path', 'the directory of a model');
  const places = isAbsolute(base) ? [base] : [resolve(dir, base), resolve(projectRoot, base), resolve(base)];
  const found = places.find((place) => existsSync(join(place, 'config.json')));
  if (found) return found;
  throw new UserError(
    `${file}: base_model_name_or_path: expected the directory of a model, got ${JSON.stringify(base)}, ` +
      'where there is none; download it and write its path there',
  );
}

function targetsOf(options: Options): Projection[] {
  const given = options.get('target_modules');
  if (given === 'all-linear') return [...PROJECTIONS];
  const names = typeof given === 'string' ? [given] : given;
  if (!Array.isArray(names)) throw options.bad('target_modules', 'a list of projections, or "all-linear"');
  const short = names.map((name) => String(name).split('.').at(-1) as Projection);
  if (short.every((name) => PROJECTIONS.includes(name))) return short;
  throw options.bad('target_modules', `some of ${PROJECTIONS.join(', ')}`);
}

/** Frozen adapters of a directory, or those to train on. */
export async function loadAdapter(
  dir: string,
  config: ModelConfig,
  lora: Lora,
  { mode = 'graph', trainable = false }: { mode?: Mode; trainable?: boolean } = {},
): Promise<ModelParameters> {
  const file = join(dir, WEIGHTS);
  const entries = new Map<string, TensorEntry>();
  for (const [name, entry] of await readHeader(file)) entries.set(name.replace(PREFIX, ''), entry);
  const wanted = allAdapterShapes(config, lora);
  const shapes: Record<string, number[]> = {};
  for (const [name, { shape }] of entries) {
    const expected = wanted[name];
    if (!expected) throw new UserError(`${file}: ${name}: an adapter that ${CONFIG} does not ask for`);
    if (String(expected) !== String(shape)) {
      throw new UserError(`${file}: ${name}: expected shape [${expected}], got [${shape}]`);
    }
    const other = name.replace(/lora_[AB]/, name.includes('lora_A') ? 'lora_B' : 'lora_A');
    if (!entries.has(other)) throw new UserError(`${file}: ${other}: expected beside ${name}, found none`);
    shapes[name] = shape;
  }
  if (entries.size === 0) throw new UserError(`${file}: expected adapters, found none`);
  const fill = (values: Float32Array, name: string) => readInto(entries.get(name) as TensorEntry, values);
  return newVariables(shapes, fill, { mode, trainable });
}

/** Adapters that change nothing yet. */
export function newAdapter(
  config: ModelConfig,
  lora: Lora,
  seed: number,
  mode: Mode = 'graph',
): Promise<ModelParameters> {
  const shapes = allAdapterShapes(config, lora);
  return newVariables(shapes, (values, name) => fillAdapter(values, name, shapes[name], seed), { mode });
}

/** Writes what PEFT reads. */
export async function saveAdapter(dir: string, lora: Lora, parameters: ModelParameters): Promise<void> {
  const inProject = relative(projectRoot, lora.base);
  await writeJson(join(dir, CONFIG), {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: inProject.startsWith('..') || isAbsolute(inProject) ? lora.base : inProject,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: lora.dropout,
    use_rslora: lora.rankStabilized,
    target_modules: lora.targets,
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    modules_to_save: null,
  });
  const adapters = Object.entries(parameters).filter(([name]) => /\.lora_[AB]\.weight$/.test(name));
  const named = Object.fromEntries(adapters.map(([name, variable]) => [PREFIX + name, variable]));
  await writeFileWhole(join(dir, WEIGHTS), (file) => writeSafetensors(file, sourcesOf(named)));
}
