/**
 * A Llama-style decoder as plain functions: RMSNorm, rotary positions, grouped-query attention, SwiGLU.
 * Training, packing, left-padded batches and cached decoding are one code path, since a query sees exactly the keys
 * of its own document at positions up to its own.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from './config.ts';
import type { ModelParameters } from './parameters.ts';

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

/** Added to the score of a key that a query must not see. Finite: a row of −Infinity alone would softmax to NaN. */
const HIDDEN = -1e9;

/**
 * Final hidden states, normed.
 * @param cache earlier tokens; the returned cache holds these and the new ones
 * @returns hidden [batch, seq, dModel] and the extended cache; the caller disposes both
 */
export function forward(model: Model, inputs: Inputs, cache?: Cache): { hidden: tf.Tensor3D; cache: Cache } {
  const { config, parameters } = model;
  const [batch, seq] = inputs.tokens.shape;
  const positions = cache ? tf.concat([cache.positions, inputs.positions], 1) : inputs.positions;
  const documents = cache ? tf.concat([cache.documents, inputs.documents], 1) : inputs.documents;
  const next: Cache = { keys: [], values: [], positions, documents };
  const scene: Scene = {
    config,
    batch,
    seq,
    rotary: rotaryTables(inputs.positions, config),
    bias: attentionBias(inputs, next),
  };

  const flat = tf.reshape(inputs.tokens, [batch * seq]);
  let x = tf.gather(parameters['model.embed_tokens.weight'], flat) as tf.Tensor2D; // [batch · seq, dModel]
  for (let layer = 0; layer < config.nLayers; layer++) {
    const weight = (name: string) => parameters[`model.layers.${layer}.${name}.weight`];
    const past = cache && { key: cache.keys[layer], value: cache.values[layer] };
    const normed = rmsNorm(x, weight('input_layernorm'), config.normEps);
    const { mixed, key, value } = attention(normed, weight, scene, past);
    next.keys.push(key);
    next.values.push(value);
    x = tf.add(x, mixed);
    x = tf.add(x, feedForward(rmsNorm(x, weight('post_attention_layernorm'), config.normEps), weight));
  }
  const hidden = tf.reshape(rmsNorm(x, parameters['model.norm.weight'], config.normEps), [batch, seq, -1]);
  return { hidden: hidden as tf.Tensor3D, cache: next };
}

/** Logits [rows, vocabSize] of hidden states [rows, dModel]. */
export function logits({ config, parameters }: Model, hidden: tf.Tensor2D): tf.Tensor2D {
  const head = config.tieEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
  return linear(hidden, parameters[head]);
}

type Weight = (name: string) => tf.Variable;
type Rotary = [cos: tf.Tensor, sin: tf.Tensor];
type KeyValue = { key: tf.Tensor4D; value: tf.Tensor4D };

/** What is the same for all layers of one call. */
interface Scene {
  config: ModelConfig;
  batch: number;
  seq: number;
  rotary: Rotary;
  /** [batch, 1, seq, length] */
  bias: tf.Tensor;
}

/** x [rows, in] · weightᵀ with weight [out, in]. */
const linear = (x: tf.Tensor2D, weight: tf.Tensor): tf.Tensor2D =>
  tf.matMul(x, weight as tf.Tensor2D, false, true);

function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor, eps: number): tf.Tensor2D {
  const meanSquare = tf.mean(tf.square(x), -1, true);
  return tf.mul(tf.mul(x, tf.rsqrt(tf.add(meanSquare, eps))), weight);
}

/** SwiGLU (arXiv 2002.05202). */
function feedForward(x: tf.Tensor2D, weight: Weight): tf.Tensor2D {
  const gate = linear(x, weight('mlp.gate_proj'));
  const up = linear(x, weight('mlp.up_proj'));
  return linear(tf.mul(tf.mul(gate, tf.sigmoid(gate)), up), weight('mlp.down_proj'));
}

/** Grouped-query attention of x [batch · seq, dModel] over itself and what came before. */
function attention(
  x: tf.Tensor2D,
  weight: Weight,
  scene: Scene,
  past?: KeyValue,
): KeyValue & { mixed: tf.Tensor2D } {
  const { batch, seq } = scene;
  const { nHeads, nKvHeads, headDim } = scene.config;
  const heads = (name: string, count: number): tf.Tensor4D =>
    tf.transpose(tf.reshape(linear(x, weight(name)), [batch, seq, count, headDim]), [0, 2, 1, 3]);
  const query = rotate(heads('self_attn.q_proj', nHeads), scene.rotary);
  let key = rotate(heads('self_attn.k_proj', nKvHeads), scene.rotary); // [batch, nKvHeads, seq, headDim]
  let value = heads('self_attn.v_proj', nKvHeads);
  if (past) {
    key = tf.concat([past.key, key], 2); // [batch, nKvHeads, length, headDim]
    value = tf.concat([past.value, value], 2);
  }
  // Query heads of one group share a key head: they lie one below the other as further query rows.
  const rows = (nHeads / nKvHeads) * seq;
  const length = key.shape[2];
  const grouped: tf.Tensor4D = tf.reshape(query, [batch, nKvHeads, rows, headDim]);
  const scores = tf.mul(tf.matMul(grouped, key, false, true), 1 / Math.sqrt(headDim));
  const biased = tf.add(tf.reshape(scores, [batch, nHeads, seq, length]), scene.bias);
  const weights: tf.Tensor4D = tf.reshape(tf.softmax(biased), [batch, nKvHeads, rows, length]);
  const mixed = tf.reshape(tf.matMul(weights, value), [batch, nHeads, seq, headDim]);
  const merged: tf.Tensor2D = tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch * seq, nHeads * headDim]);
  return { mixed: linear(merged, weight('self_attn.o_proj')), key, value };
}

/** Zero where a query sees a key, HIDDEN elsewhere: [batch, 1, seq, length]. */
function attentionBias(inputs: Inputs, keys: { positions: tf.Tensor2D; documents: tf.Tensor2D }): tf.Tensor {
  return tf.tidy(() => {
    const rows = (t: tf.Tensor2D) => tf.expandDims(t, 2); // [batch, seq, 1]
    const columns = (t: tf.Tensor2D) => tf.expandDims(t, 1); // [batch, 1, length]
    const sameDocument = tf.equal(rows(inputs.documents), columns(keys.documents));
    const notLater = tf.greaterEqual(rows(inputs.positions), columns(keys.positions));
    const seen = tf.cast(tf.logicalAnd(sameDocument, notLater), 'float32');
    return tf.expandDims(tf.mul(tf.sub(1, seen), HIDDEN), 1);
  });
}

/** cos and sin of position · θ^(−2i / headDim), each [batch, 1, seq, headDim] (RoFormer, arXiv 2104.09864). */
function rotaryTables(positions: tf.Tensor2D, { headDim, ropeTheta }: ModelConfig): Rotary {
  return tf.tidy(() => {
    const exponents = tf.mul(tf.range(0, headDim, 2), -1 / headDim);
    const frequencies = tf.pow(ropeTheta, exponents); // [headDim / 2]
    const angles = tf.mul(tf.expandDims(tf.cast(positions, 'float32'), 2), frequencies);
    const both = tf.expandDims(tf.concat([angles, angles], 2), 1);
    return [tf.cos(both), tf.sin(both)];
  });
}

/** Rotates the pairs (i, i + headDim / 2) of x [batch, heads, seq, headDim]. */
function rotate(x: tf.Tensor4D, [cos, sin]: Rotary): tf.Tensor4D {
  const [first, second] = tf.split(x, 2, 3);
  return tf.add(tf.mul(x, cos), tf.mul(tf.concat([tf.neg(second), first], 3), sin));
}
