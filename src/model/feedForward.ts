/** The gates of SwiGLU and GeGLU (arXiv 2002.05202); the first has a gradient of its own. */
import * as tf from '@tensorflow/tfjs-core';
import { callOp, differentiable, FEW } from '../runtime/ops.ts';
import type { ModelConfig } from './config.ts';

/** activation(gate) · up, both [rows, ffnDim]. */
export const GATES: Record<ModelConfig['activation'], (gate: tf.Tensor2D, up: tf.Tensor2D) => tf.Tensor2D> = {
  silu: swiGlu,
  gelu_pytorch_tanh: geGlu,
};

/** gelu by its approximation with tanh: ½ · gate · (1 + tanh(√(2/π) · (gate + 0.044715 · gate³))) · up. */
function geGlu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  const cubic = tf.add(1, tf.mul(tf.square(gate), 0.044715));
  const curve = tf.tanh(tf.mul(tf.mul(gate, cubic), Math.sqrt(2 / Math.PI)));
  return tf.mul(tf.mul(tf.mul(gate, 0.5), tf.add(1, curve)), up);
}

/** silu(gate) · up, both [rows, ffnDim]. Of what it computes only σ(gate) is kept: these are the largest activations. */
function swiGlu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return differentiable(
    [gate, up],
    (gate: tf.Tensor2D, up: tf.Tensor2D) => {
      const sigmoid = tf.sigmoid(gate);
      // The product gate · σ(gate) becomes TensorFlow's fused op.
      const silu = gate.size < FEW ? tf.div(gate, tf.add(1, tf.exp(tf.neg(gate)))) : tf.mul(gate, sigmoid);
      const value: tf.Tensor2D = tf.mul(silu, up);
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
