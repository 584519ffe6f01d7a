/** The decoder's parameters: names and shapes as in Hugging Face's files, and initial values. */
import * as tf from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import { type Mode, newVariables } from '../compile/index.ts';
import { mapValues } from '../mapValues.ts';
import { sizeOf } from '../shapes.ts';
import type { ModelConfig } from './config.ts';

/** Parameters by Hugging Face name. Matrices are [out, in]. */
export type ModelParameters = Record<string, tf.Variable>;

/** Names and shapes in a fixed order. */
export function parameterShapes(config: ModelConfig): Record<string, number[]> {
  const { vocabSize, dModel } = config;
  const shapes: Record<string, number[]> = { 'model.embed_tokens.weight': [vocabSize, dModel] };
  for (let layer = 0; layer < config.nLayers; layer++) {
    for (const [name, shape] of Object.entries(layerShapes(config))) shapes[layerName(layer, name)] = shape;
  }
  shapes['model.norm.weight'] = [dModel];
  if (!config.tieEmbeddings) shapes['lm_head.weight'] = [vocabSize, dModel];
  return shapes;
}

/** Shapes of one layer's parameters by their names within it, such as `mlp.up_proj.weight`. */
export function layerShapes(config: ModelConfig): Record<string, number[]> {
  const { dModel, nHeads, nKvHeads, headDim, ffnDim, biases, headNorms, outputNorms } = config;
  const weights: Record<string, number[]> = {
    input_layernorm: [dModel],
    'self_attn.q_proj': [nHeads * headDim, dModel],
    'self_attn.k_proj': [nKvHeads * headDim, dModel],
    'self_attn.v_proj': [nKvHeads * headDim, dModel],
    'self_attn.o_proj': [dModel, nHeads * headDim],
    ...(headNorms && { 'self_attn.q_norm': [headDim], 'self_attn.k_norm': [headDim] }),
    post_attention_layernorm: [dModel],
    ...(outputNorms && { pre_feedforward_layernorm: [dModel], post_feedforward_layernorm: [dModel] }),
    'mlp.gate_proj': [ffnDim, dModel],
    'mlp.up_proj': [ffnDim, dModel],
    'mlp.down_proj': [dModel, ffnDim],
  };
  const shapes: Record<string, number[]> = {};
  for (const [name, shape] of Object.entries(weights)) {
    shapes[`${name}.weight`] = shape;
    if (biases.includes(name)) shapes[`${name}.bias`] = [shape[0]];
  }
  return shapes;
}

/** The full name of a layer's parameter. */
export const layerName = (layer: number, name: string) => `model.layers.${layer}.${name}`;

/** Number of values in tensors of these shapes. */
export const countOf = (shapes: Record<string, number[]>): number =>
  Object.values(shapes).reduce((sum, shape) => sum + sizeOf(shape), 0);

/** Number of parameters. */
export const parameterCount = (config: ModelConfig): number => countOf(parameterShapes(config));

/**
 * Initial values: norms scale by one, biases are zero, matrices are normal with standard deviation `initStd`, divided by
 * √(2 · nLayers) where they write into the residual stream (GPT-2, section 2.3). A seed gives the same values on any
 * machine.
 */
export function initialValues(
  config: ModelConfig,
  initStd: number,
  seed: number,
): Record<string, Float32Array> {
  return mapValues(parameterShapes(config), (shape, name) => {
    const values = new Float32Array(sizeOf(shape));
    fillInitial(values, name, shape, config, initStd, seed);
    return values;
  });
}

/** Parameters with initial values, filled in place. The caller disposes them with `disposeParameters`. */
export function newParameters(
  config: ModelConfig,
  initStd: number,
  seed: number,
  mode: Mode = 'graph',
): Promise<ModelParameters> {
  const shapes = parameterShapes(config);
  const fill = (values: Float32Array, name: string) =>
    fillInitial(values, name, shapes[name], config, initStd, seed);
  return newVariables(shapes, fill, { mode });
}

function fillInitial(
  values: Float32Array,
  name: string,
  shape: number[],
  config: ModelConfig,
  initStd: number,
  seed: number,
): void {
  const residual = /(o_proj|down_proj)\.weight$/.test(name) ? 1 / Math.sqrt(2 * config.nLayers) : 1;
  if (shape.length === 1) values.fill(name.endsWith('.bias') ? 0 : 1 - config.normOffset);
  else fillNormal(values, initStd * residual, `${seed}/${name}`);
}

/** Puts values on the device. The caller disposes them with `disposeParameters`. */
export function toParameters(config: ModelConfig, values: Record<string, Float32Array>): ModelParameters {
  return mapValues(parameterShapes(config), (shape, name) => {
    const value = tf.tensor(values[name], shape, 'float32');
    const variable = tf.variable(value, true);
    value.dispose();
    return variable;
  });
}

/** The parameters that are not frozen. */
export const trainedOf = (parameters: ModelParameters): ModelParameters =>
  Object.fromEntries(Object.entries(parameters).filter(([, { trainable }]) => trainable));

export function disposeParameters(parameters: ModelParameters): void {
  for (const variable of Object.values(parameters)) variable.dispose();
}

/** Normal random numbers (Box–Muller). */
function fillNormal(values: Float32Array, std: number, seed: string): void {
  const random = seedrandom.alea(seed);
  for (let i = 0; i < values.length; i += 2) {
    const radius = std * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
}
