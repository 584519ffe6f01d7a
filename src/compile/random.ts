/** Random numbers that a program draws anew in each run, from a seed that is fed: the same op by op and compiled. */
import * as tf from '@tensorflow/tfjs-core';
import { callOp, differentiable } from '../runtime/ops.ts';

/** Numbers in [0, 1) that follow from the seed alone. @param seed int32 [2] */
export function randomUniform(shape: number[], seed: tf.Tensor1D): tf.Tensor {
  return callOp('StatelessRandomUniform', [tf.tensor1d(shape, 'int32'), seed]);
}

/** Sets a share `rate` of the elements to zero and divides the others by what is left (arXiv 1207.0580). */
export function dropout<T extends tf.Tensor>(x: T, rate: number, seed: tf.Tensor1D): T {
  if (rate === 0) return x;
  return differentiable<T>(
    [x],
    (x: T) => {
      const kept = tf.cast(tf.greaterEqual(randomUniform(x.shape, seed), rate), 'float32');
      const mask = tf.mul(kept, 1 / (1 - rate));
      return { value: tf.mul(x, mask) as T, saved: [mask] };
    },
    (dy, _, [mask]) => [tf.mul(dy, mask)],
  );
}
