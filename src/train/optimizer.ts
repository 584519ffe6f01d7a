/**
 * AdamW (arXiv 1711.05101) as functions over plain data. State is keyed by parameter name, so it survives any change
 * of order. In a compiled program an update is one TensorFlow op a parameter, in place; op by op it is tfjs's own.
 */
import * as tf from '@tensorflow/tfjs-core';
import { changeInPlace, type Mode, newVariables, zeros } from '../compile/index.ts';
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

/** What changes from update to update, scalars: see `ratesAt`. */
export type AdamWRates = { rate: tf.Scalar; epsilon: tf.Scalar; decay: tf.Scalar };

/** Zero moments for every parameter; the caller disposes them with `disposeAdamW`. */
export async function initAdamW(parameters: ModelParameters, mode: Mode = 'graph'): Promise<AdamWState> {
  const shapes = Object.entries(parameters).flatMap(([name, { shape }]) => [
    [`${name}.m`, shape],
    [`${name}.v`, shape],
  ]);
  const all = await newVariables(Object.fromEntries(shapes), zeros, { mode, trainable: false });
  const moments = Object.keys(parameters).map((name) => [name, { m: all[`${name}.m`], v: all[`${name}.v`] }]);
  return { step: 0, moments: Object.fromEntries(moments) };
}

/**
 * Rates of update `step`, counted from 1: with them, rate · m / (√v + epsilon) is learningRate · m̂ / (√v̂ + ε), the
 * bias corrections folded in. The caller disposes them.
 */
export function ratesAt(
  step: number,
  learningRate: number,
  { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
): AdamWRates {
  const root2 = Math.sqrt(1 - beta2 ** step);
  return {
    rate: tf.scalar((learningRate * root2) / (1 - beta1 ** step)),
    epsilon: tf.scalar(epsilon * root2),
    decay: tf.scalar(learningRate * weightDecay),
  };
}

/** One update in place. @param gradients by parameter name */
export function applyAdamW(
  parameters: ModelParameters,
  gradients: Record<string, tf.Tensor>,
  { moments }: AdamWState,
  rates: AdamWRates,
  options: AdamWOptions,
): void {
  for (const [name, parameter] of Object.entries(parameters)) {
    const { m, v } = moments[name];
    const decays = options.weightDecay > 0 && parameter.rank > 1;
    tf.tidy(() => {
      if (!fused(parameter, m, v, gradients[name], rates, options, decays)) {
        plain(parameter, m, v, gradients[name], rates, options, decays);
      }
    });
  }
}

type Update = (
  parameter: tf.Variable,
  m: tf.Variable,
  v: tf.Variable,
  gradient: tf.Tensor,
  rates: AdamWRates,
  options: AdamWOptions,
  decays: boolean,
) => unknown;

/** @returns false outside a program */
const fused: Update = (parameter, m, v, gradient, { rate, epsilon, decay }, { beta1, beta2 }, decays) => {
  const [beta1Power, beta2Power] = [tf.scalar(0), tf.scalar(0)]; // the corrections are in the rates
  const inputs = [beta1Power, beta2Power, rate, tf.scalar(beta1), tf.scalar(beta2), epsilon, gradient];
  const adam = { op: 'ResourceApplyAdam', variables: [parameter, m, v], inputs };
  if (!decays) return changeInPlace([adam]);
  const shrink = { op: 'AssignSubVariableOp', variables: [parameter], inputs: [tf.mul(parameter, decay)] };
  return changeInPlace([shrink, adam]);
};

const plain: Update = (parameter, m, v, gradient, { rate, epsilon, decay }, { beta1, beta2 }, decays) => {
  m.assign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
  v.assign(tf.add(tf.mul(v, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
  const kept = decays ? tf.sub(parameter, tf.mul(parameter, decay)) : parameter;
  parameter.assign(tf.sub(kept, tf.mul(tf.div(m, tf.add(tf.sqrt(v), epsilon)), rate)));
};

/** Every moment by a name of its own, such as `model.norm.weight.m`: what a checkpoint holds. */
export function momentVariables({ moments }: AdamWState): Record<string, tf.Variable> {
  const named = Object.entries(moments).map(([name, { m, v }]) => ({ [`${name}.m`]: m, [`${name}.v`]: v }));
  return Object.assign({}, ...named);
}

export function disposeAdamW(state: AdamWState): void {
  for (const variable of Object.values(momentVariables(state))) variable.dispose();
}
