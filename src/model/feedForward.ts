/** The gates of SwiGLU and GeGLU (arXiv 2002.05202), with a gradient of their own. */
import * as tf from '@tensorflow/tfjs-core';
import { rounded } from '../compile/precision.ts';
import { after } from '../compile/record.ts';
import { callOp, differentiable, FEW } from '../runtime/ops.ts';
import { byBands } from './bands.ts';
import type { ModelConfig } from './config.ts';

/** activation(gate) · up, both [rows, ffnDim]. */
export const GATES: Record<ModelConfig['activation'], (gate: tf.Tensor2D, up: tf.Tensor2D) => tf.Tensor2D> = {
  silu: (gate, up) => gated(gate, up, SILU),
  gelu_pytorch_tanh: (gate, up) => gated(gate, up, GELU),
};

interface Activation {
  value(x: tf.Tensor2D): tf.Tensor2D;
  /** The value once more, and the derivative. */
  slope(x: tf.Tensor2D): { value: tf.Tensor2D; slope: tf.Tensor2D };
}

/** x · σ(x). */
const SILU: Activation = {
  // The product x · σ(x) becomes TensorFlow's fused op.
  value: (x) => (x.size < FEW ? tf.div(x, tf.add(1, tf.exp(tf.neg(x)))) : tf.mul(x, tf.sigmoid(x))),
  slope(x) {
    const sigmoid = tf.sigmoid(x);
    // σ + x · σ · (1 − σ); the op SigmoidGrad(σ, d) is d · σ · (1 − σ).
    return { value: tf.mul(x, sigmoid), slope: tf.add(sigmoid, callOp('SigmoidGrad', [sigmoid, x])) };
  },
};

const ROOT = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** gelu by its approximation with tanh: ½ · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))). */
const GELU: Activation = {
  value: (x) => tf.mul(tf.mul(x, 0.5), tf.add(1, curve(x, tf.square(x)))),
  slope(x) {
    const square = tf.square(x);
    const tanh = curve(x, square);
    const half = tf.mul(tf.add(tanh, 1), 0.5);
    const inner = tf.mul(x, tf.add(tf.mul(square, 1.5 * CUBIC * ROOT), 0.5 * ROOT));
    // The op TanhGrad(t, d) is d · (1 − t²).
    return { value: tf.mul(x, half), slope: tf.add(half, callOp('TanhGrad', [tanh, inner])) };
  },
};

const curve = (x: tf.Tensor2D, square: tf.Tensor2D): tf.Tensor2D =>
  tf.tanh(tf.mul(x, tf.add(tf.mul(square, CUBIC * ROOT), ROOT)));

/** Nothing that it computes is kept: these are the largest activations. */
function gated(gate: tf.Tensor2D, up: tf.Tensor2D, activation: Activation): tf.Tensor2D {
  return differentiable(
    [gate, up],
    (gate: tf.Tensor2D, up: tf.Tensor2D) => {
      const [value] = byBands([gate, up], (gate, up) => [tf.mul(activation.value(gate), up)]);
      return { value, saved: [rounded(gate), rounded(up)] };
    },
    (dy, _, saved: tf.Tensor2D[]) =>
      byBands([dy, ...after(dy, saved)], (dy, gate, up) => {
        const { value, slope } = activation.slope(gate);
        return [tf.mul(tf.mul(dy, up), slope), tf.mul(dy, value)];
      }),
  );
}
