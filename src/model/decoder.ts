/**
 * A Llama-style decoder as plain functions: RMSNorm, rotary positions, grouped-query attention, SwiGLU.
 * Training, packing, left-padded batches and cached decoding are one code path, since a query sees exactly the keys
 * of its own document at positions up to its own.
 */
import * as tf from '@tensorflow/tfjs-core';
import { dropout } from '../compile/random.ts';
import { recompute } from '../compile/recompute.ts';
import { type Attention, attentionFor, type Places } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { swiGlu } from './feedForward.ts';
import { rmsNorm } from './norm.ts';
import { layerShapes, type ModelParameters, weightName } from './parameters.ts';
import { type Rotary, rotaryTables, rotate } from './rotary.ts';

/** A model on the device. */
export interface Model {
  config: ModelConfig;
  parameters: ModelParameters;
}

/** Tokens and where they stand; all int32 [batch, seq]. Documents of −1 are padding. */
export interface Inputs {
  tokens: tf.Tensor2D;
  positions: tf.Tensor2D;
  documents: tf.Tensor2D;
}

/** Keys and values of earlier tokens, one pair a layer, [batch, nKvHeads, length, headDim], and where those stand. */
export interface Cache {
  keys: tf.Tensor4D[];
  values: tf.Tensor4D[];
  positions: tf.Tensor2D;
  documents: tf.Tensor2D;
}

/** How a pass differs from the plain one. */
export interface ForwardOptions {
  /** Earlier tokens. */
  cache?: Cache;
  /** What the layers add to the residual stream is dropped out at this rate; the seed is int32 [2]. */
  dropout?: { rate: number; seed: tf.Tensor1D };
  /** Layers keep their input alone for the gradient and are computed twice (gradient checkpointing). */
  recompute?: boolean;
}

/**
 * Final hidden states, normed.
 * @returns hidden [batch, seq, dModel] and the cache, extended by these tokens; the caller disposes both. A pass that
 *   recomputes has no cache.
 */
export function forward(
  model: Model,
  inputs: Inputs,
  { cache, dropout, recompute: again = false }: ForwardOptions = {},
): { hidden: tf.Tensor3D; cache: Cache } {
  const { config, parameters } = model;
  const [batch, seq] = inputs.tokens.shape;
  const positions = cache ? tf.concat([cache.positions, inputs.positions], 1) : inputs.positions;
  const documents = cache ? tf.concat([cache.documents, inputs.documents], 1) : inputs.documents;
  const next: Cache = { keys: [], values: [], positions, documents };
  const scene = again ? null : sceneOf(model, inputs, next, dropout);

  const flat = tf.reshape(inputs.tokens, [batch * seq]);
  let x = tf.gather(parameters['model.embed_tokens.weight'], flat) as tf.Tensor2D; // [batch · seq, dModel]
  const names = Object.keys(layerShapes(config));
  for (let i = 0; i < config.nLayers; i++) {
    const ofLayer = (name: string) => parameters[weightName(i, name)];
    if (scene) {
      const past = cache && { key: cache.keys[i], value: cache.values[i] };
      const done = layer(x, ofLayer, scene, i, past);
      x = done.x;
      next.keys.push(done.key);
      next.values.push(done.value);
    } else {
      const compute = (x: tf.Tensor, ...weights: tf.Tensor[]) => {
        // Made anew in each layer, from what outlives the pass; TensorFlow finds that they are all the same.
        const own = sceneOf(model, inputs, next, dropout);
        return layer(x as tf.Tensor2D, (name) => weights[names.indexOf(name)], own, i).x;
      };
      x = recompute(compute, [x, ...names.map(ofLayer)]) as tf.Tensor2D;
    }
  }
  const hidden = tf.reshape(rmsNorm(x, parameters['model.norm.weight'], config.normEps), [batch, seq, -1]);
  return { hidden: hidden as tf.Tensor3D, cache: next };
}

/** Logits [rows, vocabSize] of hidden states [rows, dModel]. */
export function logits(model: Model, hidden: tf.Tensor2D): tf.Tensor2D {
  return linear(hidden, outputMatrix(model));
}

/** From hidden states to logits: [vocabSize, dModel]. */
export function outputMatrix({ config, parameters }: Model): tf.Tensor2D {
  return parameters[config.tieEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight'] as tf.Tensor2D;
}

type Weight = (name: string) => tf.Tensor;
type KeyValue = { key: tf.Tensor4D; value: tf.Tensor4D };

/** What is the same for all layers of one pass. */
interface Scene {
  config: ModelConfig;
  batch: number;
  seq: number;
  rotary: Rotary;
  /** The same, for queries: their scores come out divided by √headDim. */
  queryRotary: Rotary;
  attend: Attention;
  /** Dropout in place `place` of the pass. */
  drop(x: tf.Tensor2D, place: number): tf.Tensor2D;
}

function sceneOf({ config }: Model, inputs: Inputs, keys: Places, drops: ForwardOptions['dropout']): Scene {
  const [batch, seq] = inputs.tokens.shape;
  const rotary = rotaryTables(inputs.positions, config);
  const scale = 1 / Math.sqrt(config.headDim);
  const queryRotary = { cos: tf.mul(rotary.cos, scale), sin: tf.mul(rotary.sin, scale) } as Rotary;
  const attend = attentionFor(inputs, keys);
  const drop = (x: tf.Tensor2D, place: number) =>
    drops ? dropout(x, drops.rate, tf.add(drops.seed, tf.tensor1d([place, 0], 'int32'))) : x;
  return { config, batch, seq, rotary, queryRotary, attend, drop };
}

/** One layer of x [batch · seq, dModel], with its keys and values for a cache. */
function layer(x: tf.Tensor2D, weight: Weight, scene: Scene, index: number, past?: KeyValue) {
  const { normEps } = scene.config;
  const normed = rmsNorm(x, weight('input_layernorm'), normEps);
  const { mixed, key, value } = selfAttention(normed, weight, scene, past);
  const attended: tf.Tensor2D = tf.add(x, scene.drop(mixed, 2 * index));
  const fed = feedForward(rmsNorm(attended, weight('post_attention_layernorm'), normEps), weight);
  const out: tf.Tensor2D = tf.add(attended, scene.drop(fed, 2 * index + 1));
  return { x: out, key, value };
}

/** x [rows, in] · weightᵀ with weight [out, in]. */
const linear = (x: tf.Tensor2D, weight: tf.Tensor): tf.Tensor2D =>
  tf.matMul(x, weight as tf.Tensor2D, false, true);

function feedForward(x: tf.Tensor2D, weight: Weight): tf.Tensor2D {
  const gate = linear(x, weight('mlp.gate_proj'));
  const up = linear(x, weight('mlp.up_proj'));
  return linear(swiGlu(gate, up), weight('mlp.down_proj'));
}

/** Grouped-query attention of x [batch · seq, dModel] over itself and what came before. */
function selfAttention(
  x: tf.Tensor2D,
  weight: Weight,
  { config, batch, seq, rotary, queryRotary, attend }: Scene,
  past?: KeyValue,
): KeyValue & { mixed: tf.Tensor2D } {
  const { nHeads, nKvHeads, headDim } = config;
  const heads = (name: string, count: number): tf.Tensor4D =>
    tf.reshape(linear(x, weight(name)), [batch, seq, count, headDim]);
  const byHead = (t: tf.Tensor4D): tf.Tensor4D => tf.transpose(t, [0, 2, 1, 3]);
  const query = byHead(rotate(heads('self_attn.q_proj', nHeads), queryRotary)); // [batch, nHeads, seq, headDim]
  let key = byHead(rotate(heads('self_attn.k_proj', nKvHeads), rotary)); // [batch, nKvHeads, seq, headDim]
  let value = byHead(heads('self_attn.v_proj', nKvHeads));
  if (past) {
    key = tf.concat([past.key, key], 2); // [batch, nKvHeads, length, headDim]
    value = tf.concat([past.value, value], 2);
  }
  const mixed = tf.reshape(byHead(attend(query, key, value)), [batch * seq, nHeads * headDim]);
  return { mixed: linear(mixed as tf.Tensor2D, weight('self_attn.o_proj')), key, value };
}
