/** The gates of SwiGLU and GeGLU (arXiv 2002.05202), with a custom gradient. */
import * as tf from '@tensorflow/tfjs-core';
import { rounded, withControlDependency } from '../compile/index.ts';
import { callOp } from '../tensorflow/ops.ts';
import { customGradient } from './gradients.ts';
import { mapRowBands } from './rowBands.ts';
import type { Tuning } from './tuning.ts';

/** Activation of a gate, by its name in `config.json`. */
type GateActivation = 'silu' | 'gelu_pytorch_tanh';

/**
 * activation(gate) · up, element by element. The backward pass computes it again: its temporaries would be the largest
 * activations of a step.
 * @param gate and up [rows, ffnDim], and so is the result
 */
export function gatedActivation(
  gate: tf.Tensor2D,
  up: tf.Tensor2D,
  activation: GateActivation,
  tuning: Tuning,
): tf.Tensor2D {
  const { value, valueAndSlope } = ACTIVATIONS[activation];
  return customGradient(
    [gate, up],
    (gate: tf.Tensor2D, up: tf.Tensor2D) => {
      const [result] = mapRowBands(
        [gate, up],
        (gate, up) => [tf.mul(value(gate, tuning.minFusedOpValues), up)],
        tuning,
      );
      return { value: result, saved: [rounded(gate), rounded(up)] };
    },
    (dy, _, saved: tf.Tensor2D[]) =>
      mapRowBands(
        [dy, ...withControlDependency(dy, saved)],
        (dy, gate, up) => {
          const { value, slope } = valueAndSlope(gate);
          return [tf.mul(tf.mul(dy, up), slope), tf.mul(dy, value)];
        },
        tuning,
      ),
  );
}

interface Activation {
  value(x: tf.Tensor2D, minFusedOpValues: number): tf.Tensor2D;
  /** The value and its derivative. */
  valueAndSlope(x: tf.Tensor2D): { value: tf.Tensor2D; slope: tf.Tensor2D };
}

/** x · σ(x). */
const SILU: Activation = {
  // TensorFlow fuses the sigmoid and its product.
  value: (x, minFusedOpValues) =>
    x.size < minFusedOpValues ? tf.div(x, tf.add(1, tf.exp(tf.neg(x)))) : tf.mul(x, tf.sigmoid(x)),
  valueAndSlope(x) {
    const sigmoid = tf.sigmoid(x);
    // σ + x · σ · (1 − σ); op SigmoidGrad(σ, d) is d · σ · (1 − σ).
    return { value: tf.mul(x, sigmoid), slope: tf.add(sigmoid, callOp('SigmoidGrad', [sigmoid, x])) };
  },
};

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** GELU by its tanh approximation: ½ · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))). */
const GELU_TANH: Activation = {
  value: (x) => tf.mul(tf.mul(x, 0.5), tf.add(1, geluTanh(x, tf.square(x)))),
  valueAndSlope(x) {
    const square = tf.square(x);
    const tanh = geluTanh(x, square);
    const half = tf.mul(tf.add(tanh, 1), 0.5);
    const inner = tf.mul(x, tf.add(tf.mul(square, 1.5 * CUBIC * SQRT_2_OVER_PI), 0.5 * SQRT_2_OVER_PI));
    // Op TanhGrad(t, d) is d · (1 − t²).
    return { value: tf.mul(x, half), slope: tf.add(half, callOp('TanhGrad', [tanh, inner])) };
  },
};

const geluTanh = (x: tf.Tensor2D, square: tf.Tensor2D): tf.Tensor2D =>
  tf.tanh(tf.mul(x, tf.add(tf.mul(square, CUBIC * SQRT_2_OVER_PI), SQRT_2_OVER_PI)));

const ACTIVATIONS: Record<GateActivation, Activation> = { silu: SILU, gelu_pytorch_tanh: GELU_TANH };
