/** The decoder's parameters: their names and shapes, as Hugging Face writes them, and their first values. */
import * as tf from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import type { ModelConfig } from './config.ts';

/** Parameters by Hugging Face name. Matrices are [out, in]. */
export type ModelParameters = Record<string, tf.Variable>;

/** Names and shapes in a fixed order. */
export function parameterShapes(config: ModelConfig): Record<string, number[]> {
  const { vocabSize, dModel, nHeads, nKvHeads, headDim, ffnDim } = config;
  const shapes: Record<string, number[]> = { 'model.embed_tokens.weight': [vocabSize, dModel] };
  for (let layer = 0; layer < config.nLayers; layer++) {
    const at = (name: string) => `model.layers.${layer}.${name}.weight`;
    shapes[at('input_layernorm')] = [dModel];
    shapes[at('self_attn.q_proj')] = [nHeads * headDim, dModel];
    shapes[at('self_attn.k_proj')] = [nKvHeads * headDim, dModel];
    shapes[at('self_attn.v_proj')] = [nKvHeads * headDim, dModel];
    shapes[at('self_attn.o_proj')] = [dModel, nHeads * headDim];
    shapes[at('post_attention_layernorm')] = [dModel];
    shapes[at('mlp.gate_proj')] = [ffnDim, dModel];
    shapes[at('mlp.up_proj')] = [ffnDim, dModel];
    shapes[at('mlp.down_proj')] = [dModel, ffnDim];
  }
  shapes['model.norm.weight'] = [dModel];
  if (!config.tieEmbeddings) shapes['lm_head.weight'] = [vocabSize, dModel];
  return shapes;
}

/** Number of parameters. */
export function parameterCount(config: ModelConfig): number {
  return Object.values(parameterShapes(config)).reduce((sum, shape) => sum + size(shape), 0);
}

/**
 * First values: norms one; matrices normal with deviation `initStd`, those that write into the residual stream
 * divided by √(2 · nLayers) (GPT-2, section 2.3). The same seed gives the same values on any machine.
 */
export function initialValues(
  config: ModelConfig,
  initStd: number,
  seed: number,
): Record<string, Float32Array> {
  const residual = 1 / Math.sqrt(2 * config.nLayers);
  return Object.fromEntries(
    Object.entries(parameterShapes(config)).map(([name, shape]) => {
      if (shape.length === 1) return [name, new Float32Array(size(shape)).fill(1)];
      const std = /(o_proj|down_proj)\.weight$/.test(name) ? initStd * residual : initStd;
      return [name, normal(size(shape), std, `${seed}/${name}`)];
    }),
  );
}

/** Puts values on the device. The caller disposes them with `disposeParameters`. */
export function toParameters(config: ModelConfig, values: Record<string, Float32Array>): ModelParameters {
  return Object.fromEntries(
    Object.entries(parameterShapes(config)).map(([name, shape]) => {
      const value = tf.tensor(values[name], shape, 'float32');
      const variable = tf.variable(value, true);
      value.dispose();
      return [name, variable];
    }),
  );
}

export function disposeParameters(parameters: ModelParameters): void {
  for (const variable of Object.values(parameters)) variable.dispose();
}

const size = (shape: number[]) => shape.reduce((product, dim) => product * dim, 1);

/** Normal deviates by Box and Muller. */
function normal(count: number, std: number, seed: string): Float32Array {
  const random = seedrandom.alea(seed);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i += 2) {
    const radius = std * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    if (i + 1 < count) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}
