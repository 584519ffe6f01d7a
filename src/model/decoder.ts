/**
 * A Llama-style decoder as plain functions: RMSNorm, rotary positions, grouped-query attention, SwiGLU.
 * Training, packing, left-padded batches and cached decoding are one code path, since a query sees exactly the keys
 * of its own document at positions up to its own.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type Attention, attentionFor } from './attention.ts';
import type { ModelConfig } from './config.ts';
import { swiGlu } from './feedForward.ts';
import { rmsNorm } from './norm.ts';
import type { ModelParameters } from './parameters.ts';
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
  const rotary = rotaryTables(inputs.positions, config);
  const scale = 1 / Math.sqrt(config.headDim);
  const scene: Scene = {
    config,
    batch,
    seq,
    rotary,
    queryRotary: { cos: tf.mul(rotary.cos, scale), sin: tf.mul(rotary.sin, scale) },
    attend: attentionFor(inputs, next),
  };

  const flat = tf.reshape(inputs.tokens, [batch * seq]);
  let x = tf.gather(parameters['model.embed_tokens.weight'], flat) as tf.Tensor2D; // [batch · seq, dModel]
  for (let layer = 0; layer < config.nLayers; layer++) {
    const weight = (name: string) => parameters[`model.layers.${layer}.${name}.weight`];
    const past = cache && { key: cache.keys[layer], value: cache.values[layer] };
    const normed = rmsNorm(x, weight('input_layernorm'), config.normEps);
    const { mixed, key, value } = selfAttention(normed, weight, scene, past);
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
type KeyValue = { key: tf.Tensor4D; value: tf.Tensor4D };

/** What is the same for all layers of one call. */
interface Scene {
  config: ModelConfig;
  batch: number;
  seq: number;
  rotary: Rotary;
  /** The same, for queries: their scores come out divided by √headDim. */
  queryRotary: Rotary;
  attend: Attention;
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
