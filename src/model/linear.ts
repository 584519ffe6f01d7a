/** The product with a weight, as every layer has it, with a gradient of its own. */
import * as tf from '@tensorflow/tfjs-core';
import { multipliesInBf16 } from '../compile/precision.ts';
import { differentiable } from '../runtime/ops.ts';

/**
 * Float32 rows of 2 KiB share their places in the cache of a CPU: a product that reads two such matrices by columns
 * takes 1.4 times as long as with some columns of zeros beside them. In bf16 it does not.
 */
const ALIASING_WIDTH = 512;
const WIDENED_BY = 16;

/** x [rows, in] · weightᵀ, with weight [out, in] as Hugging Face keeps it. */
export function linear(x: tf.Tensor2D, weight: tf.Tensor): tf.Tensor2D {
  return differentiable(
    [x, weight],
    (x: tf.Tensor2D, weight: tf.Tensor2D) => ({ value: tf.matMul(x, weight, false, true) as tf.Tensor2D }),
    (dy, [x, weight]: tf.Tensor2D[]) => [tf.matMul(dy, weight), byColumns(dy, x)],
  );
}

/** aᵀ · b of a [rows, m] and b [rows, n]. */
function byColumns(a: tf.Tensor2D, b: tf.Tensor2D): tf.Tensor2D {
  const [, m] = a.shape;
  const [, n] = b.shape;
  if (m !== ALIASING_WIDTH || n !== ALIASING_WIDTH || multipliesInBf16()) return tf.matMul(a, b, true, false);
  const widened = (x: tf.Tensor2D): tf.Tensor2D =>
    tf.pad(x, [
      [0, 0],
      [0, WIDENED_BY],
    ]);
  return tf.slice(tf.matMul(widened(a), widened(b), true, false), [0, 0], [m, n]) as tf.Tensor2D;
}
