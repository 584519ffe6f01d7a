/** RMSNorm (arXiv 1910.07467) with a gradient of its own: a third of the passes over memory that tfjs's would make. */
import * as tf from '@tensorflow/tfjs-core';
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
  const [, dModel] = x.shape;
  return differentiable(
    [x, weight],
    (x: tf.Tensor2D, weight: tf.Tensor1D) => {
      const meanSquare = tf.mean(tf.square(x), 1, true);
      const scale: tf.Tensor2D = tf.rsqrt(tf.add(meanSquare, eps)); // [rows, 1]
      const unit: tf.Tensor2D = tf.mul(x, scale);
      return { value: tf.mul(unit, weight) as tf.Tensor2D, saved: [scale, unit] };
    },
    (dy, [, weight]: tf.Tensor[], [scale, unit]: tf.Tensor2D[]) => {
      const product: tf.Tensor2D = tf.mul(dy, unit);
      // Row means of product · weight, as a product with a matrix of one column.
      const column: tf.Tensor2D = tf.mul(tf.reshape(weight, [dModel, 1]), 1 / dModel);
      const mean = tf.matMul(product, column); // [rows, 1]
      const along = tf.mul(unit, mean);
      return [tf.mul(tf.sub(tf.mul(dy, weight), along), scale), tf.sum(product, 0)];
    },
  );
}
