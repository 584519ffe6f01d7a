/** The gate of SwiGLU (arXiv 2002.05202) with a gradient of its own. */
import * as tf from '@tensorflow/tfjs-core';
import { callOp, differentiable } from '../runtime/ops.ts';

/** silu(gate) · up, both [rows, ffnDim]. Of what it computes only σ(gate) is kept: these are the largest activations. */
export function swiGlu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return differentiable(
    [gate, up],
    (gate: tf.Tensor2D, up: tf.Tensor2D) => {
      const sigmoid = tf.sigmoid(gate);
      const value: tf.Tensor2D = tf.mul(tf.mul(gate, sigmoid), up);
      return { value, saved: [sigmoid] };
    },
    (dy, [gate, up]: tf.Tensor2D[], [sigmoid]: tf.Tensor2D[]) => {
      const dSilu = tf.mul(dy, up);
      // silu′ = σ + gate · σ · (1 − σ); the op SigmoidGrad(σ, d) is d · σ · (1 − σ).
      const dGate = tf.add(tf.mul(dSilu, sigmoid), callOp('SigmoidGrad', [sigmoid, tf.mul(dSilu, gate)]));
      return [dGate, tf.mul(tf.mul(dy, gate), sigmoid)];
    },
  );
}
