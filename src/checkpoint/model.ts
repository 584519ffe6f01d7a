/**
 * Model directories as the field knows them: `config.json`, weights, `generation_config.json` and the tokenizer's
 * files. Whatever we write, transformers reads.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { choosePrecision } from '../compile/choosePrecision.ts';
import { type Bf16Storage, type Mode, newVariables, type Precision, writeValues } from '../compile/index.ts';
import { UserError } from '../errors.ts';
import { readJson, writeJson } from '../files.ts';
import { type Decoder, makeDecoder } from '../generate/decoder.ts';
import { fromHuggingFace, toHuggingFace } from '../model/architectures/huggingFace.ts';
import type { ModelConfig } from '../model/config.ts';
import type { Model } from '../model/decoder.ts';
import type { Lora } from '../model/lora.ts';
import { disposeParameters, type ModelParameters, parameterShapes } from '../model/parameters.ts';
import type { Recipe } from '../recipe/schema.ts';
import { startTensorFlow } from '../runtime/start.ts';
import { loadTokenizer } from '../tokenizer/load.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { isAdapter, loadAdapter, newAdapter, readLora, saveAdapter, tokenizerDir } from './adapter.ts';
import { readBits, readHeader, readInto, type TensorEntry, writeSafetensors } from './safetensors.ts';
import { findWeights, sourcesOf, writeWeights } from './weights.ts';

/** A model on the device and how to compute with it. Call `dispose` when done with it. */
export interface LoadedWeights {
  model: Model;
  mode: Mode;
  precision: Precision;
  dispose(): void;
}

/** A model ready to generate. */
export interface LoadedModel extends LoadedWeights {
  tokenizer: Tokenizer;
  /** Programs that generate. */
  decoder: Decoder;
  /** The recipe that tuned it, where the directory holds one. */
  recipe: Recipe | null;
}

export interface LoadOptions {
  mode?: Mode;
  precision?: Precision | 'auto';
  /** Nothing is to be trained: with bf16 products, matrices are kept in bf16, whatever the file has. */
  frozen?: boolean;
}

/**
 * Writes config and tokenizer first and the weights last, each file whole; of a model with adapters only these, since
 * nothing else has changed.
 */
export async function saveModel(dir: string, model: Model, tokenizer: Tokenizer): Promise<void> {
  if (model.lora) {
    await tokenizer.save(dir);
    return saveAdapter(dir, model.lora, model.parameters);
  }
  const config = toHuggingFace(model.config);
  await writeJson(join(dir, 'config.json'), config);
  const generation = { bos_token_id: config.bos_token_id, eos_token_id: config.eos_token_id };
  await writeJson(join(dir, 'generation_config.json'), generation);
  await tokenizer.save(dir);
  await writeWeights(dir, sourcesOf(model.parameters));
}

/** Writes variables by name into a safetensors file, one at a time, from where their values are. */
export const saveVariables = (file: string, variables: Record<string, tf.Variable>): Promise<void> =>
  writeSafetensors(file, sourcesOf(variables));

/**
 * Loads a model directory: `checkpoints/NAME`, a step folder inside one, or any directory with the same files.
 * @throws UserError naming the file and what is missing or wrong
 */
export async function loadModel(dir: string, options: LoadOptions = {}): Promise<LoadedModel> {
  await readConfig(dir);
  const tokenizer = await loadTokenizer(await tokenizerDir(dir));
  const recipe = await readJson(join(dir, 'recipe.json'));
  const loaded = await loadWeights(dir, { frozen: true, ...options });
  const model = { ...loaded.model, config: endedBy(loaded.model.config, tokenizer.eosId) };
  const decoder = makeDecoder(model, loaded);
  return {
    ...loaded,
    model,
    tokenizer,
    decoder,
    recipe: recipe as Recipe | null,
    dispose() {
      decoder.dispose();
      loaded.dispose();
    },
  };
}

/** The config with some tokens among those that end a text; the tokenizer's end token ends each turn that is learned. */
export function endedBy(config: ModelConfig, ...ids: number[]): ModelConfig {
  const all = new Set([config.eosId, ...config.stopIds, ...ids]);
  return { ...config, stopIds: [...all].slice(1) };
}

/** The decoder alone, without tokenizer or recipe. @throws UserError as `loadModel` */
export async function loadWeights(
  dir: string,
  { mode = 'graph', precision: asked = 'auto', frozen = false }: LoadOptions = {},
): Promise<LoadedWeights> {
  await startTensorFlow();
  const precision = choosePrecision(asked, mode);
  const model = await readModel(dir, { mode, frozenFor: frozen ? precision : undefined });
  return {
    model,
    mode,
    precision,
    dispose: () => disposeParameters(model.parameters),
  };
}

export interface ReadOptions {
  mode?: Mode;
  /** Adapters to begin with, for a directory that has none. */
  lora?: Lora;
  /** Of their first values. */
  seed?: number;
  /** Nothing will be trained, and products are computed so. */
  frozenFor?: Precision;
}

/**
 * The weights of a model directory on the device: all of them to be trained, or, where they have adapters, those alone.
 * TensorFlow has started. The caller disposes the parameters.
 */
export async function readModel(
  dir: string,
  { mode = 'graph', lora: fresh, seed = 0, frozenFor }: ReadOptions = {},
): Promise<Model> {
  const config = await readConfig(dir);
  const lora = isAdapter(dir) ? await readLora(dir) : fresh;
  if (!lora) return { config, parameters: await loadParameters(dir, config, { mode, frozen: frozenFor }) };
  const frozen = await loadParameters(lora.base, config, { mode, frozen: frozenFor ?? 'as stored' });
  const adapters = isAdapter(dir)
    ? loadAdapter(dir, config, lora, { mode, trainable: frozenFor === undefined })
    : newAdapter(config, lora, seed, mode);
  const found = await adapters.catch((error) => {
    disposeParameters(frozen);
    throw error;
  });
  return { config, parameters: { ...frozen, ...found }, lora };
}

/** Whether `dir` is there and says what shape its model has. */
export const hasConfig = (dir: string): boolean => existsSync(join(dir, 'config.json')) || isAdapter(dir);

/** The shape of a model, or of the one that an adapter belongs to. */
export async function readConfig(dir: string): Promise<ModelConfig> {
  if (isAdapter(dir)) return readConfig((await readLora(dir)).base);
  const file = join(dir, 'config.json');
  const json = await readJson(file);
  if (json === null) throw new UserError(`${dir}: expected a model directory with config.json, found none`);
  const generation = await readJson(join(dir, 'generation_config.json'));
  const ends = [generation?.eos_token_id ?? []].flat().filter((id) => typeof id === 'number');
  return endedBy(fromHuggingFace(json, file), ...ends);
}

/**
 * All parameters that `config` asks for, no more and no fewer, each read into the memory where it stays.
 * @param options.frozen not to be trained; matrices are kept in these numbers, all else in float32
 */
export async function loadParameters(
  dir: string,
  config: ModelConfig,
  { mode = 'graph', frozen }: { mode?: Mode; frozen?: Precision | 'as stored' } = {},
): Promise<ModelParameters> {
  const entries = await findWeights(dir);
  const shapes = parameterShapes(config);
  for (const [name, shape] of Object.entries(shapes)) entryOf(entries, dir, name, shape);
  const extra = [...entries.values()].find(({ name }) => !(name in shapes) && !NEEDLESS.test(name));
  if (extra) throw new UserError(`${extra.file}: ${extra.name}: a tensor that config.json does not ask for`);
  const found = (name: string) => entryOf(entries, dir, name, shapes[name]);
  const fill = (values: Float32Array, name: string) => readInto(found(name), values);
  const isNarrow = (name: string) =>
    shapes[name].length > 1 &&
    (frozen === 'bf16' || (frozen === 'as stored' && found(name).dtype === 'BF16'));
  const bf16: Bf16Storage = {
    names: new Set(Object.keys(shapes).filter(isNarrow)),
    fill: (bits, name) => readBits(found(name), bits),
  };
  const stored = (name: string) => {
    const entry = found(name);
    return entry.dtype === (bf16.names.has(name) ? 'BF16' : 'F32') ? entry : null;
  };
  return newVariables(shapes, fill, { mode, trainable: !frozen, bf16, stored });
}

/** Tied models are often saved with their output matrix all the same, and old ones with rotary frequencies. */
const NEEDLESS = /^lm_head\.weight$|\.rotary_emb\.inv_freq$/;

/** Reads what `saveVariables` wrote into variables that are there. */
export async function readVariables(file: string, variables: Record<string, tf.Variable>): Promise<void> {
  const entries = await readHeader(file);
  for (const [name, variable] of Object.entries(variables)) {
    const entry = entryOf(entries, file, name, variable.shape);
    await writeValues(variable, (values) => readInto(entry, values));
  }
}

/** @param where the file or folder of all entries, for messages */
function entryOf(
  entries: Map<string, TensorEntry>,
  where: string,
  name: string,
  shape: number[],
): TensorEntry {
  const entry = entries.get(name);
  if (!entry) throw new UserError(`${where}: ${name}: expected a tensor of shape [${shape}], found none`);
  if (String(entry.shape) === String(shape)) return entry;
  throw new UserError(
    `${entry.file}: ${name}: expected shape [${shape}], as config.json says, got [${entry.shape}]`,
  );
}
