/** RMSNorm (arXiv 1910.07467) with a custom gradient: a third of the passes over memory that tfjs's would make. */
import * as tf from '@tensorflow/tfjs-core';
import { rounded, withControlDependency } from '../compile/index.ts';
import { customGradient } from './gradients.ts';

/**
 * x / √(mean(x²) + eps) · (weight + weightOffset), row by row.
 * @param x [rows, width]
 * @param weight [width]
 * @param weightOffset 1 in models that store the weight around zero (Gemma), else 0
 */
export function rmsNorm(x: tf.Tensor2D, weight: tf.Tensor, eps: number, weightOffset: number): tf.Tensor2D {
  const scale = weightOffset === 0 ? weight : tf.add(weight, weightOffset);
  return customGradient(
    [x, scale],
    (x: tf.Tensor2D, weight: tf.Tensor1D) => {
      const meanSquare = tf.mean(tf.square(x), 1, true);
      const inverseRms: tf.Tensor2D = tf.rsqrt(tf.add(meanSquare, eps)); // [rows, 1]
      const normed: tf.Tensor2D = tf.mul(x, inverseRms);
      return { value: tf.mul(normed, weight) as tf.Tensor2D, saved: [inverseRms, rounded(normed)] };
    },
    (dy, [, weight]: tf.Tensor[], [inverseRms, saved]: tf.Tensor2D[]) => {
      const [normed] = withControlDependency(dy, [saved]);
      const dNormed = tf.mul(dy, weight);
      const radial = tf.mul(normed, tf.mean(tf.mul(dNormed, normed), 1, true));
      return [tf.mul(tf.sub(dNormed, radial), inverseRms), tf.sum(tf.mul(dy, normed), 0)];
    },
  );
}
