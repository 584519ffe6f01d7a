/** `adapter_config.json`, as PEFT keeps it: which projections of which model have adapters. */
import { existsSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { readJson } from '../files.ts';
import { MOST } from '../model/architectures/architecture.ts';
import { type Options, optionsOf } from '../model/architectures/options.ts';
import type { Lora } from '../model/lora.ts';
import { adaptersOf } from '../model/loraTargets.ts';
import { projectRoot } from '../paths.ts';
import { shown } from '../shown.ts';
import { warn } from '../warn.ts';
import { CONFIG, readBaseConfig } from './config.ts';

export const ADAPTER_CONFIG = 'adapter_config.json';

export const isAdapter = (dir: string): boolean => existsSync(join(dir, ADAPTER_CONFIG));

/** Where the tokenizer of a model directory is: adapters from elsewhere often come without one. */
export async function tokenizerDir(dir: string): Promise<string> {
  const has = ['tokenizer.json', 'tokenizer.model'].some((name) => existsSync(join(dir, name)));
  return isAdapter(dir) && !has ? (await readLora(dir)).base : dir;
}

/** What PEFT takes for options that a file leaves out; the targets are PEFT's for our architectures. */
const DEFAULTS = { r: 8, lora_alpha: 8, lora_dropout: 0, bias: 'none', target_modules: ['q_proj', 'v_proj'] };

/** Options that change neither the adapters nor the base; options of an initialisation do nothing unless it is asked for. */
const HARMLESS = new Set([
  ...['auto_mapping', 'base_model_class', 'parent_library', 'peft_version', 'revision', 'inference_mode'],
  ...['runtime_config', 'megatron_core', 'qalora_group_size', 'ensure_weight_tying'],
  ...['loftq_config', 'eva_config', 'corda_config', 'lora_ga_config'],
]);

/** Values of `init_lora_weights` with which the base stays as it is. */
const INITIALISATIONS: unknown[] = [true, false, 'gaussian', 'eva', 'orthogonal'];

/**
 * Reads `adapter_config.json`. Plain LoRA is supported; whatever else is switched on is refused by its name.
 * @throws UserError naming the option that is wrong or not supported
 */
export async function readLora(dir: string): Promise<Lora> {
  const file = join(dir, ADAPTER_CONFIG);
  const json = await readJson(file);
  if (json === null) throw new UserError(`${dir}: expected an adapter with ${ADAPTER_CONFIG}, found none`);
  const options = optionsOf(json, DEFAULTS, file);
  requirePlain(options);
  const dropout = options.get('lora_dropout');
  if (typeof dropout !== 'number' || dropout < 0 || dropout >= 1) throw options.bad('lora_dropout', 'a rate');
  const lora: Lora = {
    base: await findBase(options, dir, file),
    rank: options.count('r', { most: MOST.width }),
    alpha: options.number('lora_alpha'),
    rankStabilized: options.flag('use_rslora'),
    dropout,
    targets: namesOf(options, 'target_modules') ?? [],
    ...choices(options),
  };
  requireRead(options);
  adaptersOf(await readBaseConfig(lora.base), lora, file);
  return lora;
}

function requirePlain(options: Options): void {
  if ((options.get('peft_type') ?? 'LORA') !== 'LORA') throw options.bad('peft_type', '"LORA"');
  if (options.get('bias') !== 'none') throw options.bad('bias', '"none"');
  for (const field of ['use_dora', 'use_qalora', 'lora_bias']) {
    if (options.flag(field)) throw options.bad(field, 'false');
  }
  const task = options.get('task_type');
  if (task !== undefined && task !== 'CAUSAL_LM') throw options.bad('task_type', '"CAUSAL_LM"');
  // For layers that keep their weight transposed; PEFT itself takes no notice of it where there are none.
  if (options.flag('fan_in_fan_out'))
    warn(`${options.where}: fan_in_fan_out: true is passed over, as in PEFT`);
  const initialisation = options.get('init_lora_weights') ?? true;
  if (INITIALISATIONS.includes(initialisation)) return;
  throw options.bad(
    'init_lora_weights',
    'true, false, "gaussian", "eva" or "orthogonal", which leave the base model as it is',
    'where the adapter belongs to a changed base, save it by PEFT with path_initial_model_for_weight_conversion',
  );
}

/** Whatever else is switched on. Empty values are none. */
function requireRead(options: Options): void {
  for (const [field, value] of options.unread()) {
    const isEmpty = typeof value === 'object' ? Object.keys(value as object).length === 0 : value === false;
    if (HARMLESS.has(field) || isEmpty) continue;
    throw options.bad(field, 'none');
  }
}

/** What narrows down the targets and changes their ranks. */
function choices(options: Options): Partial<Lora> {
  const layers = layersOf(options);
  const layersPattern = [namesOf(options, 'layers_pattern') ?? []].flat().filter((name) => name !== '');
  if (layersPattern.length > 0 && !layers) {
    throw options.bad('layers_pattern', 'none without layers_to_transform');
  }
  if (layers && typeof options.get('target_modules') === 'string') {
    throw options.bad('layers_to_transform', 'none beside target_modules as one text');
  }
  const exclude = namesOf(options, 'exclude_modules') ?? [];
  const ranks = numbersOf(options, 'rank_pattern');
  const alphas = numbersOf(options, 'alpha_pattern');
  const broken = Object.entries(ranks).find(([, rank]) => !Number.isInteger(rank) || rank > MOST.width);
  if (broken) throw options.bad('rank_pattern', 'whole numbers by patterns');
  return {
    ...(exclude.length > 0 && { exclude }),
    ...(layers && { layers }),
    ...(layersPattern.length > 0 && { layersPattern }),
    ...(Object.keys(ranks).length > 0 && { ranks }),
    ...(Object.keys(alphas).length > 0 && { alphas }),
  };
}

/** A list of texts, or one text. */
function namesOf(options: Options, field: string): string[] | string | undefined {
  const given = options.get(field);
  if (given === undefined || typeof given === 'string') return given;
  if (Array.isArray(given) && given.every((name) => typeof name === 'string')) return given;
  throw options.bad(field, 'a list of names, or a regular expression');
}

/** Undefined where all layers are meant. */
function layersOf(options: Options): number[] | undefined {
  const layers: unknown[] = [options.get('layers_to_transform') ?? []].flat();
  if (!layers.every((layer) => Number.isInteger(layer) && (layer as number) >= 0)) {
    throw options.bad('layers_to_transform', 'a list of numbers of layers');
  }
  return layers.length > 0 ? (layers as number[]) : undefined;
}

function numbersOf(options: Options, field: string): Record<string, number> {
  const given = options.get(field) ?? {};
  const numbers = Object.values(given);
  const isNumber = (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value > 0;
  if (typeof given === 'object' && !Array.isArray(given) && numbers.every(isNumber))
    return given as Record<string, number>;
  throw options.bad(field, 'numbers > 0 by patterns');
}

/** The frozen model: an absolute path, or one from the adapter's folder, the project's or the current one. */
async function findBase(options: Options, dir: string, file: string): Promise<string> {
  const base = options.get('base_model_name_or_path');
  if (typeof base !== 'string' || base === '') {
    throw options.bad('base_model_name_or_path', 'the directory of a model');
  }
  const places = isAbsolute(base) ? [base] : [resolve(dir, base), resolve(projectRoot, base), resolve(base)];
  const there = places.find((place) => existsSync(join(place, CONFIG)));
  const adapter = places.find(isAdapter);
  // A folder may hold both a model and its adapter.
  if (there && (!isAdapter(there) || (await realpath(there)) === (await realpath(dir)))) return there;
  const where = `${file}: base_model_name_or_path: expected the directory of a model`;
  if (there || adapter) {
    throw new UserError(
      `${where}, got ${shown(base)}, which is an adapter itself; put that into its base first: npm run merge`,
    );
  }
  throw new UserError(
    `${where}, got ${shown(base)}, where there is none; download it and write its path there`,
  );
}

/** What PEFT reads. */
export function adapterConfigOf(lora: Lora): Record<string, unknown> {
  const inProject = relative(projectRoot, lora.base);
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: inProject.startsWith('..') || isAbsolute(inProject) ? lora.base : inProject,
    r: lora.rank,
    lora_alpha: lora.alpha,
    lora_dropout: lora.dropout,
    use_rslora: lora.rankStabilized,
    target_modules: lora.targets,
    exclude_modules: lora.exclude ?? null,
    layers_to_transform: lora.layers ?? null,
    layers_pattern: lora.layersPattern ?? null,
    rank_pattern: lora.ranks ?? {},
    alpha_pattern: lora.alphas ?? {},
    bias: 'none',
    fan_in_fan_out: false,
    inference_mode: true,
    modules_to_save: null,
  };
}
