/** What the layers of a forward pass share, and how a layer applies its own weights. */
import * as tf from '@tensorflow/tfjs-core';
import { makeAttention } from '../nn/attention/attention.ts';
import type { Attention } from '../nn/attention/layout.ts';
import type { MaskInputs } from '../nn/attention/mask.ts';
import { linear } from '../nn/linear.ts';
import { loraMatmul } from '../nn/lora.ts';
import { dropout } from '../nn/random.ts';
import { rmsNorm } from '../nn/rmsNorm.ts';
import { type RotaryTables, rotaryTables, scaleTables } from '../nn/rotary.ts';
import type { Tuning } from '../nn/tuning.ts';
import { type ModelConfig, PROJECTIONS } from './config.ts';
import { rotaryFrequencies } from './frequencies.ts';
import { adapterNames, type Lora } from './lora.ts';
import { type Adapters, adaptersOf } from './loraTargets.ts';
import { layerName, layerShapes } from './parameters.ts';
import type { ForwardOptions, Inputs, KvCache, Model } from './types.ts';

/** What the layers of one pass share. */
interface PassContext {
  config: ModelConfig;
  lora?: Lora;
  adapters?: Adapters;
  batch: number;
  seq: number;
  /** Of each layer. */
  patterns: AttentionPattern[];
  cache?: KvCache;
  dropout?: ForwardOptions['dropout'];
  tuning: Tuning;
}

/** What a layer needs besides its input. */
export interface LayerContext extends PassContext {
  /** Number of the layer, from 0. */
  index: number;
  weights: LayerWeights;
}

/** Parameters of one layer by their names within it, such as `mlp.up_proj.weight`. */
export type LayerWeights = Record<string, tf.Tensor>;

/** Positions and mask of a layer. Layers with the same window share one. */
interface AttentionPattern {
  rotary: RotaryTables;
  /** Tables for queries, which also scale: attention scores come out scaled. */
  queryRotary: RotaryTables;
  attend: Attention;
}

export function passContext(
  { config, lora }: Model,
  inputs: Inputs,
  { cache, dropout }: ForwardOptions,
  tuning: Tuning,
): PassContext {
  const [batch, seq] = inputs.tokens.shape;
  const keys = cache?.maskInputs ?? inputs;
  const windows = Array.from({ length: config.nLayers }, (_, layer) => config.windows[layer] ?? null);
  const byWindow = new Map(
    [...new Set(windows)].map((window) => [window, attentionPattern(config, inputs, keys, window, tuning)]),
  );
  const patterns = windows.map((window) => byWindow.get(window) as AttentionPattern);
  const adapters = lora && adaptersOf(config, lora);
  return { config, lora, adapters, batch, seq, patterns, cache, dropout, tuning };
}

function attentionPattern(
  config: ModelConfig,
  queries: MaskInputs,
  keys: MaskInputs,
  window: number | null,
  tuning: Tuning,
): AttentionPattern {
  const { headDim, scoreDim, windowRopeTheta } = config;
  const rope =
    window !== null && windowRopeTheta !== null
      ? { headDim, ropeTheta: windowRopeTheta, ropeScaling: null }
      : config;
  const rotary = rotaryTables(queries.positions, rotaryFrequencies(rope));
  const queryRotary = scaleTables(rotary, 1 / Math.sqrt(scoreDim ?? headDim));
  return { rotary, queryRotary, attend: makeAttention(queries, keys, window, tuning) };
}

/** The weights of layer `index`, adapters included. */
export function layerWeights({ config, parameters }: Model, index: number): LayerWeights {
  const weights = namesInLayer(config).map((name) => [name, parameters[layerName(index, name)]] as const);
  return Object.fromEntries(weights.filter(([, weight]) => weight !== undefined));
}

/** Names within a layer of all parameters that it may have, adapters last. */
function namesInLayer(config: ModelConfig): string[] {
  const shapes = Object.entries(layerShapes(config));
  const matrices = shapes.filter(([, shape]) => shape.length === 2).map(([name]) => name);
  const adapters = matrices.flatMap((name) => adapterNames(name.replace(/\.weight$/, '')));
  return [...shapes.map(([name]) => name), ...adapters];
}

/** x [rows, width] through the layer's norm `name`. */
export function norm(x: tf.Tensor2D, name: string, { weights, config }: LayerContext): tf.Tensor2D {
  return rmsNorm(x, weights[`${name}.weight`], config.normEps, config.normOffset);
}

/** x [rows, in] through the layer's projection `name`, with its bias and its adapter if it has them: [rows, out]. */
export function project(x: tf.Tensor2D, name: string, context: LayerContext): tf.Tensor2D {
  const { weights, lora, adapters, index, tuning } = context;
  const product = linear(x, weights[`${name}.weight`], tuning);
  const bias = weights[`${name}.bias`];
  const out: tf.Tensor2D = bias ? tf.add(product, bias) : product;
  const [a, b] = adapterNames(name).map((matrix) => weights[matrix]);
  const adapter = adapters?.get(layerName(index, name));
  if (!adapter || !a || !b) return out;
  const read = drop(x, lora?.dropout ?? 0, adapterStream(index, name, context), context);
  return tf.add(out, loraMatmul(read, a, b, adapter.scale, tuning));
}

/** Dropout of what attention or MLP adds to the residual stream. */
export function residualDropout(
  x: tf.Tensor2D,
  branch: 'attention' | 'mlp',
  context: LayerContext,
): tf.Tensor2D {
  const stream = 2 * context.index + (branch === 'attention' ? 0 : 1);
  return drop(x, context.dropout?.rate ?? 0, stream, context);
}

/** The mask of the adapter of a layer's projection, such as `mlp.up_proj`: after those of all residual branches. */
function adapterStream(layer: number, projection: string, { config: { nLayers } }: LayerContext): number {
  const number = PROJECTIONS.findIndex((name) => projection.endsWith(`.${name}`));
  return 2 * nLayers + PROJECTIONS.length * layer + number;
}

/**
 * Dropout in training; in a pass without a seed x itself.
 * @param stream number of the mask in the pass, added to the seed: no two masks share one
 */
function drop(x: tf.Tensor2D, rate: number, stream: number, { dropout: given }: LayerContext): tf.Tensor2D {
  if (!given || rate === 0) return x;
  return dropout(x, rate, tf.add(given.seed, tf.tensor1d([stream, 0], 'int32')));
}
