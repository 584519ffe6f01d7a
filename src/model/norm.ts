/** RMSNorm (arXiv 1910.07467) with a gradient of its own: a third of the passes over memory that tfjs's would make. */
import * as tf from '@tensorflow/tfjs-core';
import { rounded } from '../compile/precision.ts';
import { after } from '../compile/record.ts';
import { differentiable } from '../runtime/ops.ts';
import type { ModelConfig } from './config.ts';

/** x / √(mean(x²) + normEps) · (weight + normOffset); x [rows, dModel], weight [dModel]. */
export function rmsNorm(
  x: tf.Tensor2D,
  weight: tf.Tensor,
  { normEps, normOffset }: Pick<ModelConfig, 'normEps' | 'normOffset'>,
): tf.Tensor2D {
  const scale = normOffset === 0 ? weight : tf.add(weight, normOffset);
  return scaledNorm(x, scale, normEps);
}

function scaledNorm(x: tf.Tensor2D, weight: tf.Tensor, eps: number): tf.Tensor2D {
  return differentiable(
    [x, weight],
    (x: tf.Tensor2D, weight: tf.Tensor1D) => {
      const meanSquare = tf.mean(tf.square(x), 1, true);
      const scale: tf.Tensor2D = tf.rsqrt(tf.add(meanSquare, eps)); // [rows, 1]
      const unit: tf.Tensor2D = tf.mul(x, scale);
      return { value: tf.mul(unit, weight) as tf.Tensor2D, saved: [scale, rounded(unit)] };
    },
    (dy, [, weight]: tf.Tensor[], [scale, kept]: tf.Tensor2D[]) => {
      const [unit] = after(dy, [kept]);
      const dUnit = tf.mul(dy, weight);
      const along = tf.mul(unit, tf.mean(tf.mul(dUnit, unit), 1, true));
      return [tf.mul(tf.sub(dUnit, along), scale), tf.sum(tf.mul(dy, unit), 0)];
    },
  );
}
