/** Random numbers that follow from a seed alone, the same op by op and compiled. */
import * as tf from '@tensorflow/tfjs-core';
import { callOp } from '../tensorflow/ops.ts';
import { customGradient } from './gradients.ts';

/** Float32 numbers in [0, 1). @param seed int32 [2]; an input of a compiled function, else each run repeats the numbers */
export function randomUniform(shape: number[], seed: tf.Tensor1D): tf.Tensor {
  return callOp('StatelessRandomUniform', [tf.tensor1d(shape, 'int32'), seed]);
}

/**
 * Sets elements to zero with probability `rate` and divides the others by 1 − rate (arXiv 1207.0580).
 * @param seed int32 [2]: the same seed drops the same elements
 */
export function dropout<T extends tf.Tensor>(x: T, rate: number, seed: tf.Tensor1D): T {
  if (rate === 0) return x;
  return customGradient<T>(
    [x],
    (x: T) => {
      const kept = tf.cast(tf.greaterEqual(randomUniform(x.shape, seed), rate), 'float32');
      const mask = tf.mul(kept, 1 / (1 - rate));
      return { value: tf.mul(x, mask) as T, saved: [mask] };
    },
    (dy, _, [mask]) => [tf.mul(dy, mask)],
  );
}
