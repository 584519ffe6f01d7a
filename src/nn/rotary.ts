/** Rotary position embeddings (RoFormer, arXiv 2104.09864), in the half-split form of Llama. */
import * as tf from '@tensorflow/tfjs-core';
import { callOp } from '../tensorflow/ops.ts';
import { customGradient } from './gradients.ts';
import type { Tuning } from './tuning.ts';

/** Frequency of each pair, [headDim / 2], in radians a position, and a factor of cos and sin (1 unless YaRN sets it). */
export interface RotaryFrequencies {
  inverseFrequencies: number[];
  attentionFactor: number;
}

/** cos and ±sin of position · frequency, each [batch, seq, 1, headDim]. */
export interface RotaryTables {
  cos: tf.Tensor4D;
  /** −sin in the first half, sin in the second: see `rotate`. */
  sin: tf.Tensor4D;
}

/** @param positions int32 [batch, seq] */
export function rotaryTables(
  positions: tf.Tensor2D,
  { inverseFrequencies, attentionFactor }: RotaryFrequencies,
): RotaryTables {
  const [batch, seq] = positions.shape;
  const angles = tf.mul(tf.expandDims(tf.cast(positions, 'float32'), 2), tf.tensor1d(inverseFrequencies));
  const scaled = (x: tf.Tensor): tf.Tensor => (attentionFactor === 1 ? x : tf.mul(x, attentionFactor));
  const sin = scaled(tf.sin(angles));
  const cos = scaled(tf.cos(angles));
  const table = (first: tf.Tensor, second: tf.Tensor): tf.Tensor4D =>
    tf.reshape(tf.concat([first, second], 2), [batch, seq, 1, 2 * inverseFrequencies.length]);
  return { cos: table(cos, cos), sin: table(tf.neg(sin), sin) };
}

/** Tables that rotate and scale: used for queries, so that attention scores come out scaled. */
export const scaleTables = ({ cos, sin }: RotaryTables, scale: number): RotaryTables => ({
  cos: tf.mul(cos, scale),
  sin: tf.mul(sin, scale),
});

/** Rotates the pairs (i, i + headDim / 2) of x [batch, seq, heads, headDim]: x · cos + swapped(x) · ±sin. */
export function rotate(
  x: tf.Tensor4D,
  { cos, sin }: RotaryTables,
  { minFusedOpValues }: Tuning,
): tf.Tensor4D {
  const swapped = x.size < minFusedOpValues ? swapHalvesBySlices : swapHalvesByRoll;
  return customGradient(
    [x],
    (x: tf.Tensor4D) => {
      const value: tf.Tensor4D = tf.add(tf.mul(x, cos), tf.mul(swapped(x), sin));
      return { value, saved: [cos, sin] };
    },
    (dy, _, [cos, sin]) => [tf.add(tf.mul(dy, cos), swapped(tf.mul(dy, sin)))],
  );
}

const swapHalvesByRoll = (x: tf.Tensor4D): tf.Tensor4D =>
  callOp('Roll', [x, tf.scalar(x.shape[3] / 2, 'int32'), tf.scalar(3, 'int32')]);

function swapHalvesBySlices(x: tf.Tensor4D): tf.Tensor4D {
  const [first, second]: tf.Tensor4D[] = tf.split(x, 2, 3);
  return tf.concat([second, first], 3);
}
