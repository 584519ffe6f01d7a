/** The product with a weight matrix, with a custom gradient. */
import * as tf from '@tensorflow/tfjs-core';
import { multipliesInBf16 } from '../compile/index.ts';
import { customGradient } from './gradients.ts';
import type { Tuning } from './tuning.ts';

/** x [rows, in] · weightᵀ, with weight [out, in] as Hugging Face stores it: [rows, out]. */
export function linear(x: tf.Tensor2D, weight: tf.Tensor, tuning: Tuning): tf.Tensor2D {
  return customGradient(
    [x, weight],
    (x: tf.Tensor2D, weight: tf.Tensor2D) => ({ value: tf.matMul(x, weight, false, true) as tf.Tensor2D }),
    (dy, [x, weight]: tf.Tensor2D[]) => [tf.matMul(dy, weight), weightGradient(dy, x, tuning)],
  );
}

/** dyᵀ · x for dy [rows, out] and x [rows, in]: [out, in]. */
function weightGradient(
  dy: tf.Tensor2D,
  x: tf.Tensor2D,
  { aliasingColumns, paddingColumns }: Tuning,
): tf.Tensor2D {
  const [, out] = dy.shape;
  const [, width] = x.shape;
  if (out !== aliasingColumns || width !== aliasingColumns || multipliesInBf16()) {
    return tf.matMul(dy, x, true, false);
  }
  const padded = (matrix: tf.Tensor2D): tf.Tensor2D => tf.pad(matrix, [[0, 0], [0, paddingColumns]]); // biome-ignore format: one pair an axis
  return tf.slice(tf.matMul(padded(dy), padded(x), true, false), [0, 0], [out, width]) as tf.Tensor2D;
}
