/** Gradient checkpointing (arXiv 1604.06174): what a function computed is forgotten and computed again on the way back. */
import * as tf from '@tensorflow/tfjs-core';
import { differentiable } from '../runtime/ops.ts';
import { after } from './record.ts';

/**
 * `fn` of `inputs`, keeping only the inputs for its gradient.
 * @param inputs every tensor that needs a gradient, parameters too; what `fn` closes over must outlive the gradient
 */
export function recompute(fn: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): tf.Tensor {
  return differentiable(
    inputs,
    (...given: tf.Tensor[]) => ({ value: fn(...given) }),
    // The second pass waits for the gradient: TensorFlow would merge it with the first, and nothing would be forgotten.
    (dy, given: tf.Tensor[]) => withTapeOfItsOwn(() => tf.grads(fn)(after(dy, given), dy)),
  );
}

/** tfjs forgets the tape of the outer gradient when it takes one inside. */
function withTapeOfItsOwn<T>(compute: () => T): T {
  const { state } = tf.engine();
  const outer = state.activeTape;
  const depth = state.gradientDepth;
  state.activeTape = [];
  state.gradientDepth = 0;
  try {
    return compute();
  } finally {
    state.activeTape = outer;
    state.gradientDepth = depth;
  }
}
