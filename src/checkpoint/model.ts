/**
 * Model directories as the field knows them: `config.json`, weights, `generation_config.json` and the tokenizer's
 * files. Whatever we write, transformers reads.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { choosePrecision } from '../compile/choosePrecision.ts';
import { type Bf16Storage, type Mode, newVariables, type Precision, writeValues } from '../compile/index.ts';
import { readJson, writeJson } from '../files.ts';
import { type Decoder, makeDecoder } from '../generate/decoder.ts';
import { toHuggingFace } from '../model/architectures/huggingFace.ts';
import type { ModelConfig } from '../model/config.ts';
import type { Model } from '../model/decoder.ts';
import type { Lora } from '../model/lora.ts';
import { disposeParameters, type ModelParameters, parameterShapes } from '../model/parameters.ts';
import type { Recipe } from '../recipe/schema.ts';
import { startTensorFlow } from '../runtime/start.ts';
import { loadTokenizer } from '../tokenizer/load.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { loadAdapter, newAdapter, saveAdapter } from './adapter.ts';
import { isAdapter, readLora, tokenizerDir } from './adapterConfig.ts';
import { endedBy, readBaseConfig } from './config.ts';
import { readFinite, requireFinite } from './finite.ts';
import { markOf } from './mark.ts';
import { readBits, readHeader, type TensorEntry, writeSafetensors } from './safetensors.ts';
import { entryOf, modelTensors } from './tensors.ts';
import { sourcesOf, writeWeights } from './weights.ts';

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
  const settings = isAdapter(dir) ? await readLora(dir) : fresh;
  const { config, entries } = await modelTensors(settings?.base ?? dir, await readConfig(dir));
  const lora = settings && { ...settings, mark: await markOf(entries) };
  if (!lora)
    return { config, parameters: await loadParameters(entries, config, { mode, frozen: frozenFor }) };
  const frozen = await loadParameters(entries, config, { mode, frozen: frozenFor ?? 'as stored' });
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
  return readBaseConfig(isAdapter(dir) ? (await readLora(dir)).base : dir);
}

/**
 * All parameters of a model, each read into the memory where it stays.
 * @param options.frozen not to be trained; matrices are kept in these numbers, all else in float32
 * @throws UserError naming a tensor with a value that is no number
 */
async function loadParameters(
  entries: Map<string, TensorEntry>,
  config: ModelConfig,
  { mode = 'graph', frozen }: { mode?: Mode; frozen?: Precision | 'as stored' } = {},
): Promise<ModelParameters> {
  const shapes = parameterShapes(config);
  const found = (name: string) => entries.get(name) as TensorEntry;
  const fill = (values: Float32Array, name: string) => readFinite(found(name), values);
  const isNarrow = (name: string) =>
    shapes[name].length > 1 &&
    (frozen === 'bf16' || (frozen === 'as stored' && found(name).dtype === 'BF16'));
  const bf16: Bf16Storage = {
    names: new Set(Object.keys(shapes).filter(isNarrow)),
    async fill(bits, name) {
      await readBits(found(name), bits);
      requireFinite(found(name), bits, 'BF16');
    },
  };
  const stored = (name: string) => {
    const entry = found(name);
    const { dtype } = entry;
    if (dtype !== (bf16.names.has(name) ? 'BF16' : 'F32')) return null;
    return { ...entry, check: (bytes: Uint8Array, from: number) => requireFinite(entry, bytes, dtype, from) };
  };
  return newVariables(shapes, fill, { mode, trainable: !frozen, bf16, stored });
}

/** Reads what `saveVariables` wrote into variables that are there. */
export async function readVariables(file: string, variables: Record<string, tf.Variable>): Promise<void> {
  const entries = await readHeader(file);
  for (const [name, variable] of Object.entries(variables)) {
    const entry = entryOf(entries, file, name, variable.shape);
    await writeValues(variable, (values) => readFinite(entry, values));
  }
}
