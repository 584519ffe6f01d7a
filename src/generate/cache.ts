/**
 * Keys and values of a batch that is being continued, as variables of fixed length: [batch · nKvHeads · length,
 * headDim], one row a position, so that a new token writes rows and moves nothing.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  type Bf16Storage,
  type Mode,
  newVariables,
  type Precision,
  updateRows,
  zeros,
} from '../compile/index.ts';
import type { ModelConfig } from '../model/config.ts';
import type { KvCache } from '../model/decoder.ts';
import type { MaskInputs } from '../nn/attention/mask.ts';

export interface KeyValueCache {
  batch: number;
  length: number;
  keys: tf.Variable[];
  values: tf.Variable[];
  dispose(): void;
}

export async function newCache(
  { nLayers, nKvHeads, headDim }: ModelConfig,
  batch: number,
  length: number,
  { mode, precision }: { mode: Mode; precision: Precision },
): Promise<KeyValueCache> {
  const layers = Array.from({ length: nLayers }, (_, layer) => layer);
  const shape = [batch * nKvHeads * length, headDim];
  const shapes = Object.fromEntries(layers.flatMap((i) => [`k${i}`, `v${i}`].map((name) => [name, shape])));
  // Rounded once, when they are written, and not in each step that reads them.
  const bf16: Bf16Storage = {
    names: new Set(precision === 'bf16' ? Object.keys(shapes) : []),
    fill: (halves) => void halves.fill(0),
  };
  const variables = await newVariables(shapes, zeros, { mode, trainable: false, bf16 });
  return {
    batch,
    length,
    keys: layers.map((i) => variables[`k${i}`]),
    values: layers.map((i) => variables[`v${i}`]),
    dispose: () => tf.dispose(variables),
  };
}

/** For the prompts: their tokens see each other, and fill the first columns. @param maskInputs of the prompts */
export function filling(cache: KeyValueCache, maskInputs: MaskInputs): KvCache {
  const { length } = cache;
  const fill = (variable: tf.Variable, part: tf.Tensor4D) => {
    const [, , seq, headDim] = part.shape;
    const whole = tf.pad(part, [
      [0, 0],
      [0, 0],
      [0, length - seq],
      [0, 0],
    ]);
    variable.assign(tf.reshape(whole, [-1, headDim]));
  };
  return {
    maskInputs,
    extend(layer, key, value) {
      fill(cache.keys[layer], key);
      fill(cache.values[layer], value);
      return { key, value };
    },
  };
}

/** For one more token a row, in column `at`. @param maskInputs of all columns, the new one included. @param at int32, scalar */
export function extending(
  { batch, length, keys, values }: KeyValueCache,
  maskInputs: MaskInputs,
  at: tf.Scalar,
): KvCache {
  const write = (variable: tf.Variable, part: tf.Tensor4D): tf.Tensor4D => {
    const [, nKvHeads, , headDim] = part.shape;
    const firsts = tf.mul(tf.range(0, batch * nKvHeads, 1, 'int32'), tf.scalar(length, 'int32'));
    const rows = tf.add(firsts, at) as tf.Tensor1D;
    const whole = updateRows(variable, rows, tf.reshape(part, [batch * nKvHeads, headDim]));
    return tf.reshape(whole, [batch, nKvHeads, length, headDim]);
  };
  return {
    maskInputs,
    extend: (layer, key, value) => ({ key: write(keys[layer], key), value: write(values[layer], value) }),
  };
}
