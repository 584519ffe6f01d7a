/**
 * A Llama-style decoder as plain functions: RMSNorm, rotary positions, grouped-query attention, SwiGLU.
 * Training, packing, left-padded batches and cached decoding are one code path, since a query sees exactly the keys
 * of its own document at positions up to its own.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dropout } from '../compile/random.ts';
import { recompute } from '../compile/recompute.ts';
import { attentionFor } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { GATES } from './feedForward.ts';
import { type Attention, swapHeads } from './heads.ts';
import { linear } from './linear.ts';
import { adapterNames, type Lora, lowRank } from './lora.ts';
import { type Adapters, adaptersOf } from './loraTargets.ts';
import { rmsNorm } from './norm.ts';
import { layerName, layerShapes, type ModelParameters } from './parameters.ts';
import type { Places } from './places.ts';
import { type Rotary, rotaryTables, rotate } from './rotary.ts';

/** A model on the device. */
export interface Model {
  config: ModelConfig;
  /** All of them; those that are not `trainable` are frozen. */
  parameters: ModelParameters;
  /** Of the low-rank adapters among the parameters, if it has any. */
  lora?: Lora;
}

/** Tokens and where they stand; all int32 [batch, seq]. Documents of −1 are padding. */
export interface Inputs {
  tokens: tf.Tensor2D;
  positions: tf.Tensor2D;
  documents: tf.Tensor2D;
}

/** Keys and values that queries see beside those of their own pass. */
export interface Cache {
  /** Where all of them stand, int32 [batch, length]. */
  places: Places;
  /**
   * Takes those of a layer's new tokens, [batch, nKvHeads, seq, headDim].
   * @returns all to attend to, [batch, nKvHeads, length, headDim]
   */
  extend(layer: number, key: tf.Tensor4D, value: tf.Tensor4D): KeyValue;
}

export interface KeyValue {
  key: tf.Tensor4D;
  value: tf.Tensor4D;
}

/** How a pass differs from the plain one. */
export interface ForwardOptions {
  /** Of earlier tokens; without one, tokens see those of the same pass. */
  cache?: Cache;
  /**
   * In training: what the layers add to the residual stream is dropped out at this rate, and what adapters read at
   * theirs; the seed is int32 [2].
   */
  dropout?: { rate: number; seed: tf.Tensor1D };
  /** Layers keep their input alone for the gradient and are computed twice (gradient checkpointing). */
  recompute?: boolean;
}

/** Final hidden states, normed: [batch, seq, dModel]. */
export function forward(
  model: Model,
  inputs: Inputs,
  { cache, dropout, recompute: again = false }: ForwardOptions = {},
): tf.Tensor3D {
  const { config, parameters } = model;
  const [batch, seq] = inputs.tokens.shape;
  const flat = tf.reshape(inputs.tokens, [batch * seq]);
  const embedded = tf.gather(parameters['model.embed_tokens.weight'], flat) as tf.Tensor2D; // [batch · seq, dModel]
  let x: tf.Tensor2D = config.embeddingScale === 1 ? embedded : tf.mul(embedded, config.embeddingScale);
  const scene = again ? null : sceneOf(model, inputs, { cache, dropout });
  const names = namesInLayer(config);
  for (let i = 0; i < config.nLayers; i++) {
    const present = names.filter((name) => parameters[layerName(i, name)]);
    const weights = present.map((name) => parameters[layerName(i, name)]);
    if (scene) {
      x = layer(x, byName(present, weights), scene, i);
      continue;
    }
    const compute = (x: tf.Tensor, ...weights: tf.Tensor[]) => {
      // Made anew in each layer, from what outlives the pass; TensorFlow finds that they are all the same.
      const own = sceneOf(model, inputs, { dropout });
      return layer(x as tf.Tensor2D, byName(present, weights), own, i);
    };
    x = recompute(compute, [x, ...weights]) as tf.Tensor2D;
  }
  return tf.reshape(rmsNorm(x, parameters['model.norm.weight'], config), [batch, seq, -1]);
}

/** Names within a layer of all parameters that it may have, adapters last. */
function namesInLayer(config: ModelConfig): string[] {
  const shapes = Object.entries(layerShapes(config));
  const matrices = shapes.filter(([, shape]) => shape.length === 2).map(([name]) => name);
  const adapters = matrices.flatMap((name) => adapterNames(name.replace(/\.weight$/, '')));
  return [...shapes.map(([name]) => name), ...adapters];
}

/** Logits [rows, vocabSize] of hidden states [rows, dModel]. */
export function logits(model: Model, hidden: tf.Tensor2D): tf.Tensor2D {
  return linear(hidden, outputMatrix(model));
}

/** From hidden states to logits: [vocabSize, dModel]. */
export function outputMatrix({ config, parameters }: Model): tf.Tensor2D {
  return parameters[config.tieEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight'] as tf.Tensor2D;
}

/** Parameters of one layer by their names within it; an architecture without a bias or a norm has none of that name. */
type Weights = Record<string, tf.Tensor | undefined>;

const byName = (names: string[], weights: tf.Tensor[]): Weights =>
  Object.fromEntries(names.map((name, i) => [name, weights[i]]));

/** What is the same for all layers of one pass. */
interface Scene {
  config: ModelConfig;
  batch: number;
  seq: number;
  /** Of each layer. */
  sights: Sight[];
  cache?: Cache;
  adapters?: Adapters;
  /** Dropout in place `place` of the pass. */
  drop(x: tf.Tensor2D, place: number): tf.Tensor2D;
  /** The same for what adapters read. */
  dropForAdapter(x: tf.Tensor2D, place: number): tf.Tensor2D;
}

/** How a layer sees: layers with the same window share it. */
interface Sight {
  rotary: Rotary;
  /** The same, for queries: their scores come out scaled. */
  queryRotary: Rotary;
  attend: Attention;
}

function sceneOf({ config, lora }: Model, inputs: Inputs, { cache, dropout: drops }: ForwardOptions): Scene {
  const [batch, seq] = inputs.tokens.shape;
  const windows = Array.from({ length: config.nLayers }, (_, layer) => config.windows[layer] ?? null);
  const kinds = new Map<number | null, Sight>();
  for (const window of windows)
    if (!kinds.has(window)) kinds.set(window, sightOf(config, inputs, window, cache));
  const sights = windows.map((window) => kinds.get(window) as Sight);
  const dropAt = (x: tf.Tensor2D, rate: number, place: number) =>
    drops && rate > 0 ? dropout(x, rate, tf.add(drops.seed, tf.tensor1d([place, 0], 'int32'))) : x;
  return {
    ...{ config, batch, seq, sights, cache, adapters: lora && adaptersOf(config, lora) },
    drop: (x, place) => dropAt(x, drops?.rate ?? 0, place),
    dropForAdapter: (x, place) => dropAt(x, lora?.dropout ?? 0, place),
  };
}

function sightOf(config: ModelConfig, inputs: Inputs, window: number | null, cache?: Cache): Sight {
  const { windowRopeTheta, scoreDim, headDim } = config;
  const own = window !== null &&
    windowRopeTheta !== null && { ropeTheta: windowRopeTheta, ropeScaling: null };
  const rotary = rotaryTables(inputs.positions, { ...config, ...own });
  const scale = 1 / Math.sqrt(scoreDim ?? headDim);
  const queryRotary = { cos: tf.mul(rotary.cos, scale), sin: tf.mul(rotary.sin, scale) } as Rotary;
  return { rotary, queryRotary, attend: attentionFor(inputs, cache?.places ?? inputs, { window }) };
}

/** Norms of a layer before attention, behind it, before the feed-forward, behind it. */
const NORMS = {
  before: ['input_layernorm', '', 'post_attention_layernorm', ''],
  around: [
    'input_layernorm',
    'post_attention_layernorm',
    'pre_feedforward_layernorm',
    'post_feedforward_layernorm',
  ],
};

/** One layer of x [batch · seq, dModel]. */
function layer(x: tf.Tensor2D, weights: Weights, scene: Scene, index: number): tf.Tensor2D {
  const norm = (x: tf.Tensor2D, name: string) => normed(x, weights, name, scene.config);
  const project: Project = (x, name) => projected(x, weights, name, scene, index);
  const [first, second, third, fourth] = NORMS[scene.config.outputNorms ? 'around' : 'before'];
  const mixed = norm(selfAttention(norm(x, first), weights, project, scene, index), second);
  const attended: tf.Tensor2D = tf.add(x, scene.drop(mixed, 2 * index));
  const fed = norm(feedForward(norm(attended, third), project, scene.config), fourth);
  return tf.add(attended, scene.drop(fed, 2 * index + 1));
}

/** Rows through one of a layer's projections. */
type Project = (x: tf.Tensor2D, name: string) => tf.Tensor2D;

function feedForward(x: tf.Tensor2D, project: Project, { activation }: ModelConfig): tf.Tensor2D {
  const gate = project(x, 'mlp.gate_proj');
  const up = project(x, 'mlp.up_proj');
  return project(GATES[activation](gate, up), 'mlp.down_proj');
}

/** With the projection's bias and its adapter, where it has them. */
function projected(
  x: tf.Tensor2D,
  weights: Weights,
  name: string,
  { config, adapters, dropForAdapter }: Scene,
  index: number,
): tf.Tensor2D {
  const bias = weights[`${name}.bias`];
  const [a, b] = adapterNames(name).map((matrix) => weights[matrix]);
  let product = linear(x, weights[`${name}.weight`] as tf.Tensor);
  if (bias) product = tf.add(product, bias);
  const adapter = adapters?.get(layerName(index, name));
  if (!adapter || !a || !b) return product;
  // Places of their own, behind those of the residual stream.
  const names = namesInLayer(config);
  const place = 2 * config.nLayers + index * names.length + names.indexOf(`${name}.weight`);
  return tf.add(product, lowRank(dropForAdapter(x, place), a, b, adapter.scale));
}

/** Rows of x through a layer's norm, where it has one of that name. */
function normed(x: tf.Tensor2D, weights: Weights, name: string, config: ModelConfig): tf.Tensor2D {
  const weight = weights[`${name}.weight`];
  return weight ? rmsNorm(x, weight, config) : x;
}

/** Grouped-query attention of x [batch · seq, dModel] over itself and what came before. */
function selfAttention(
  x: tf.Tensor2D,
  weights: Weights,
  project: Project,
  scene: Scene,
  index: number,
): tf.Tensor2D {
  const { config, batch, seq, sights, cache } = scene;
  const { rotary, queryRotary, attend } = sights[index];
  const { nHeads, nKvHeads, headDim } = config;
  const heads = (name: string, count: number): tf.Tensor4D => {
    const rows = tf.reshape(project(x, `self_attn.${name}_proj`), [-1, headDim]) as tf.Tensor2D;
    return tf.reshape(normed(rows, weights, `self_attn.${name}_norm`, config), [batch, seq, count, headDim]);
  };
  const query = swapHeads(rotate(heads('q', nHeads), queryRotary)); // [batch, nHeads, seq, headDim]
  const own = {
    key: swapHeads(rotate(heads('k', nKvHeads), rotary)), // [batch, nKvHeads, seq, headDim]
    value: swapHeads(heads('v', nKvHeads)),
  };
  const { key, value } = cache ? cache.extend(index, own.key, own.value) : own;
  const mixed = tf.reshape(attend(query, key, value), [batch * seq, nHeads * headDim]) as tf.Tensor2D;
  return project(mixed, 'self_attn.o_proj');
}
