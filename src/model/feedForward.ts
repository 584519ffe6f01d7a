/** The gates of SwiGLU and GeGLU (arXiv 2002.05202); the first has a gradient of its own. */
import * as tf from '@tensorflow/tfjs-core';
import { rounded } from '../compile/precision.ts';
import { after } from '../compile/record.ts';
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

/** silu(gate) · up, both [rows, ffnDim]. Nothing that it computes is kept: these are the largest activations. */
function swiGlu(gate: tf.Tensor2D, up: tf.Tensor2D): tf.Tensor2D {
  return differentiable(
    [gate, up],
    (gate: tf.Tensor2D, up: tf.Tensor2D) => {
      // The product gate · σ(gate) becomes TensorFlow's fused op.
      const few = gate.size < FEW;
      const silu = few ? tf.div(gate, tf.add(1, tf.exp(tf.neg(gate)))) : tf.mul(gate, tf.sigmoid(gate));
      return { value: tf.mul(silu, up) as tf.Tensor2D, saved: [rounded(gate), rounded(up)] };
    },
    (dy, _, saved: tf.Tensor2D[]) => {
      const [gate, up] = after(dy, saved);
      const sigmoid = tf.sigmoid(gate);
      // silu′ = σ + gate · σ · (1 − σ); the op SigmoidGrad(σ, d) is d · σ · (1 − σ).
      const slope = tf.add(sigmoid, callOp('SigmoidGrad', [sigmoid, gate]));
      return [tf.mul(tf.mul(dy, up), slope), tf.mul(dy, tf.mul(gate, sigmoid))];
    },
  );
}
