/**
 * AdamW (arXiv 1711.05101) as two functions over plain data: `initAdamW` and `applyAdamW`. State is keyed by
 * parameter name, so it survives any change of order.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelParameters } from '../model/parameters.ts';

export interface AdamWOptions {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled decay a unit of learning rate, on matrices only. */
  weightDecay: number;
}

/** First and second moments by parameter name, and the number of updates made. */
export interface AdamWState {
  step: number;
  moments: Record<string, { m: tf.Variable; v: tf.Variable }>;
}

/** Zero moments for every parameter; the caller disposes them with `disposeAdamW`. */
export function initAdamW(parameters: ModelParameters): AdamWState {
  const zeros = (like: tf.Tensor) => tf.tidy(() => tf.variable(tf.zeros(like.shape), false));
  const moments = Object.entries(parameters).map(([name, p]) => [name, { m: zeros(p), v: zeros(p) }]);
  return { step: 0, moments: Object.fromEntries(moments) };
}

/**
 * One update in place.
 * @param gradients by parameter name; a parameter without one is left alone
 * @param scale factor on every gradient (from clipping)
 */
export function applyAdamW(
  parameters: ModelParameters,
  gradients: tf.NamedTensorMap,
  state: AdamWState,
  learningRate: number,
  scale: number,
  { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
): void {
  state.step += 1;
  const correction1 = 1 - beta1 ** state.step;
  const correction2 = 1 - beta2 ** state.step;
  tf.tidy(() => {
    const constants = [beta1, (1 - beta1) * scale, beta2, (1 - beta2) * scale * scale].map((x) =>
      tf.scalar(x),
    );
    const [keep1, add1, keep2, add2] = constants;
    const rate = tf.scalar(learningRate / correction1);
    const rootCorrection = tf.scalar(1 / Math.sqrt(correction2));
    const eps = tf.scalar(epsilon);
    const decay = tf.scalar(1 - learningRate * weightDecay);
    for (const [name, parameter] of Object.entries(parameters)) {
      const gradient = gradients[name];
      if (!gradient) continue;
      tf.tidy(() => {
        const { m, v } = state.moments[name];
        m.assign(tf.add(tf.mul(m, keep1), tf.mul(gradient, add1)));
        v.assign(tf.add(tf.mul(v, keep2), tf.mul(tf.square(gradient), add2)));
        const direction = tf.div(m, tf.add(tf.mul(tf.sqrt(v), rootCorrection), eps));
        const decayed = weightDecay > 0 && parameter.rank > 1 ? tf.mul(parameter, decay) : parameter;
        parameter.assign(tf.sub(decayed, tf.mul(direction, rate)));
      });
    }
  });
}

/** Every moment by a name of its own, such as `model.norm.weight.m`: what a checkpoint holds. */
export function momentVariables({ moments }: AdamWState): Record<string, tf.Variable> {
  const named = Object.entries(moments).map(([name, { m, v }]) => ({ [`${name}.m`]: m, [`${name}.v`]: v }));
  return Object.assign({}, ...named);
}

export function disposeAdamW(state: AdamWState): void {
  for (const variable of Object.values(momentVariables(state))) variable.dispose();
}
