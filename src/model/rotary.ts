/** Rotary positions (RoFormer, arXiv 2104.09864), in the half-split form of Llama. */
import * as tf from '@tensorflow/tfjs-core';
import { callOp, differentiable, FEW } from '../runtime/ops.ts';
import type { ModelConfig } from './config.ts';
import { rotaryFrequencies } from './frequencies.ts';

/** cos and ±sin of position · frequency, each [batch, seq, 1, headDim]. */
export interface Rotary {
  cos: tf.Tensor4D;
  /** Negative in the first half: what is added there is minus the second half of the pair. */
  sin: tf.Tensor4D;
}

/** @param positions int32 [batch, seq] */
export function rotaryTables(positions: tf.Tensor2D, config: ModelConfig): Rotary {
  const [batch, seq] = positions.shape;
  const { headDim } = config;
  const { radians, scale } = rotaryFrequencies(config);
  const angles = tf.mul(tf.expandDims(tf.cast(positions, 'float32'), 2), tf.tensor1d(radians));
  const scaled = (x: tf.Tensor): tf.Tensor => (scale === 1 ? x : tf.mul(x, scale));
  const sin = scaled(tf.sin(angles));
  const table = (first: tf.Tensor, second: tf.Tensor): tf.Tensor4D =>
    tf.reshape(tf.concat([first, second], 2), [batch, seq, 1, headDim]);
  const cos = scaled(tf.cos(angles));
  return { cos: table(cos, cos), sin: table(tf.neg(sin), sin) };
}

/** Rotates the pairs (i, i + headDim / 2) of x [batch, seq, heads, headDim]. */
export function rotate(x: tf.Tensor4D, { cos, sin }: Rotary): tf.Tensor4D {
  const swapped = x.size < FEW ? swappedBySlices : swappedByRoll;
  return differentiable(
    [x],
    (x: tf.Tensor4D) => {
      const value: tf.Tensor4D = tf.add(tf.mul(x, cos), tf.mul(swapped(x), sin));
      return { value, saved: [cos, sin] };
    },
    (dy, _, [cos, sin]) => [tf.add(tf.mul(dy, cos), swapped(tf.mul(dy, sin)))],
  );
}

const swappedByRoll = (x: tf.Tensor4D): tf.Tensor4D =>
  callOp('Roll', [x, tf.scalar(x.shape[3] / 2, 'int32'), tf.scalar(3, 'int32')]);

function swappedBySlices(x: tf.Tensor4D): tf.Tensor4D {
  const [first, second]: tf.Tensor4D[] = tf.split(x, 2, 3);
  return tf.concat([second, first], 3);
}
