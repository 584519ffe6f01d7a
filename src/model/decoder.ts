/**
 * A Llama-style decoder as plain functions: RMSNorm, rotary positions, grouped-query attention, gated MLP. Training,
 * packing, left-padded batches and cached decoding are one code path, since a query sees exactly the keys of its own
 * segment at positions up to its own.
 */
import * as tf from '@tensorflow/tfjs-core';
import { swapHeads } from '../nn/attention/layout.ts';
import { linearCrossEntropy, rowCrossEntropy } from '../nn/crossEntropy.ts';
import { gatedActivation } from '../nn/gates.ts';
import { linear } from '../nn/linear.ts';
import { recompute } from '../nn/recompute.ts';
import { rmsNorm } from '../nn/rmsNorm.ts';
import { rotate } from '../nn/rotary.ts';
import { deviceTuning } from '../nn/tuning.ts';
import {
  type LayerContext,
  type LayerWeights,
  layerWeights,
  norm,
  passContext,
  project,
  residualDropout,
} from './layerContext.ts';
import type { ForwardOptions, Inputs, Model } from './types.ts';

export type { ForwardOptions, Inputs, KeyValue, KvCache, Model } from './types.ts';

/** Final hidden states, after the last norm: [batch, seq, dModel]. */
export function forward(model: Model, inputs: Inputs, options: ForwardOptions = {}): tf.Tensor3D {
  const { config, parameters } = model;
  const [batch, seq] = inputs.tokens.shape;
  const context = () => passContext(model, inputs, options, deviceTuning());
  // A shared context is freed before layers are recomputed, so that each of these makes its own.
  const shared = options.recompute ? null : context();
  let x = embed(model, inputs.tokens); // [batch · seq, dModel]
  for (let index = 0; index < config.nLayers; index++) {
    const run = (x: tf.Tensor2D, weights: LayerWeights) =>
      layer(x, { ...(shared ?? context()), index, weights });
    const weights = layerWeights(model, index);
    x = options.recompute ? recomputeLayer(run, x, weights) : run(x, weights);
  }
  const hidden = rmsNorm(x, parameters['model.norm.weight'], config.normEps, config.normOffset);
  return tf.reshape(hidden, [batch, seq, config.dModel]);
}

/** One layer of x [batch · seq, dModel]. */
function layer(x: tf.Tensor2D, context: LayerContext): tf.Tensor2D {
  const { outputNorms } = context.config; // Gemma: what attention and MLP add is normed too
  const attnIn = norm(x, 'input_layernorm', context);
  let attnOut = selfAttention(attnIn, context);
  if (outputNorms) attnOut = norm(attnOut, 'post_attention_layernorm', context);
  const h: tf.Tensor2D = tf.add(x, residualDropout(attnOut, 'attention', context));

  const mlpIn = norm(h, outputNorms ? 'pre_feedforward_layernorm' : 'post_attention_layernorm', context);
  let mlpOut = mlp(mlpIn, context);
  if (outputNorms) mlpOut = norm(mlpOut, 'post_feedforward_layernorm', context);
  return tf.add(h, residualDropout(mlpOut, 'mlp', context));
}

/** Grouped-query attention of x [batch · seq, dModel] over itself and the cache. */
function selfAttention(x: tf.Tensor2D, context: LayerContext): tf.Tensor2D {
  const { config, batch, seq, index, cache, tuning } = context;
  const { nHeads, nKvHeads, headDim, headNorms } = config;
  const { rotary, queryRotary, attend } = context.patterns[index];
  /** Projects to heads: [batch, seq, count, headDim]. */
  const heads = (name: 'q' | 'k' | 'v', count: number, normed: boolean): tf.Tensor4D => {
    const rows: tf.Tensor2D = tf.reshape(project(x, `self_attn.${name}_proj`, context), [-1, headDim]);
    const out = normed ? norm(rows, `self_attn.${name}_norm`, context) : rows;
    return tf.reshape(out, [batch, seq, count, headDim]);
  };
  const query = swapHeads(rotate(heads('q', nHeads, headNorms), queryRotary, tuning)); // [batch, nHeads, seq, headDim]
  const newKey = swapHeads(rotate(heads('k', nKvHeads, headNorms), rotary, tuning)); // [batch, nKvHeads, seq, headDim]
  const newValue = swapHeads(heads('v', nKvHeads, false));
  const { key, value } = cache?.extend(index, newKey, newValue) ?? { key: newKey, value: newValue };
  const attnOut: tf.Tensor2D = tf.reshape(attend(query, key, value), [batch * seq, nHeads * headDim]);
  return project(attnOut, 'self_attn.o_proj', context);
}

/** SwiGLU or GeGLU of x [batch · seq, dModel]. */
function mlp(x: tf.Tensor2D, context: LayerContext): tf.Tensor2D {
  const gate = project(x, 'mlp.gate_proj', context); // [batch · seq, ffnDim]
  const up = project(x, 'mlp.up_proj', context); // [batch · seq, ffnDim]
  const hidden = gatedActivation(gate, up, context.config.activation, context.tuning);
  return project(hidden, 'mlp.down_proj', context);
}

/** Embeddings of tokens [batch, seq]: [batch · seq, dModel]. */
function embed({ config, parameters }: Model, tokens: tf.Tensor2D): tf.Tensor2D {
  const rows = tf.gather(parameters['model.embed_tokens.weight'], tf.reshape(tokens, [-1])) as tf.Tensor2D;
  return config.embeddingScale === 1 ? rows : tf.mul(rows, config.embeddingScale);
}

/** `run`, computed again in the backward pass. */
function recomputeLayer(
  run: (x: tf.Tensor2D, weights: LayerWeights) => tf.Tensor2D,
  x: tf.Tensor2D,
  weights: LayerWeights,
): tf.Tensor2D {
  const names = Object.keys(weights);
  const fn = (x: tf.Tensor, ...values: tf.Tensor[]) =>
    run(x as tf.Tensor2D, Object.fromEntries(names.map((name, i) => [name, values[i]])));
  return recompute(fn, [x, ...Object.values(weights)]) as tf.Tensor2D;
}

/** Logits [rows, vocabSize] of hidden states [rows, dModel]. */
export const logits = (model: Model, hidden: tf.Tensor2D): tf.Tensor2D =>
  linear(hidden, outputMatrix(model), deviceTuning());

/**
 * Weighted cross-entropy of hidden states [rows, dModel] for targets int32 [rows] and weights [rows].
 * @returns value: Σ weight · loss, with gradients for the parameters; aux: the loss of each row in nats, [rows]
 */
export const weightedCrossEntropy = (
  model: Model,
  hidden: tf.Tensor2D,
  targets: tf.Tensor1D,
  weights: tf.Tensor1D,
) => linearCrossEntropy(hidden, outputMatrix(model), targets, weights, deviceTuning());

/** Cross-entropy in nats of each row, [rows], without gradients. */
export const crossEntropy = (model: Model, hidden: tf.Tensor2D, targets: tf.Tensor1D): tf.Tensor1D =>
  rowCrossEntropy(hidden, outputMatrix(model), targets, deviceTuning());

/** From hidden states to logits: [vocabSize, dModel]. */
const outputMatrix = ({ config, parameters }: Model): tf.Tensor2D =>
  parameters[config.tieEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight'] as tf.Tensor2D;
