/** Gradient checkpointing (arXiv 1604.06174; `jax.checkpoint`): activations are computed again in the backward pass. */
import * as tf from '@tensorflow/tfjs-core';
import { withControlDependency } from '../compile/index.ts';
import { withNewTape } from '../tensorflow/tfjs.ts';
import { customGradient } from './gradients.ts';

/**
 * `fn(...inputs)`, with the inputs alone kept for the gradient.
 * @param inputs each tensor that needs a gradient, parameters too; other tensors that `fn` uses must outlive the gradient
 */
export function recompute(fn: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): tf.Tensor {
  return customGradient(
    inputs,
    (...given: tf.Tensor[]) => ({ value: fn(...given) }),
    // Without the control dependency TensorFlow would merge the second pass with the first, and keep its activations.
    (dy, given: tf.Tensor[]) => withNewTape(() => tf.grads(fn)(withControlDependency(dy, given), dy)),
  );
}
