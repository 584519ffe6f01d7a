/**
 * Prints the peak memory of the gradient of a deep function, in MB: `gradientMemory.ts plain`, or `recompute`, or
 * `float32` and `bf16` for a function that saves rounded activations in a program of that precision.
 */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { compile, rounded, withControlDependency } from '../../src/compile/index.ts';
import { customGradient } from '../../src/nn/gradients.ts';
import { recompute } from '../../src/nn/recompute.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { wave } from './tensors.ts';

const LAYERS = 12;
const ROWS = 16384;
const WIDTH = 64;

/** Peak since the last reset, in MB. */
const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;

await startTensorFlow();
const way = process.argv[2];
const busy = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor => {
  const wide = tf.tanh(tf.matMul(x, weight));
  return tf.add(x, tf.mul(tf.sigmoid(wide), tf.sin(tf.exp(tf.neg(tf.square(wide))))));
};
/** A sum saves nothing, so all that the backward pass needs is what `sine` saves. */
const keeping = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor =>
  tf.add(sine(sine(sine(sine(x)))), tf.mean(weight));
const sine = (x: tf.Tensor): tf.Tensor =>
  customGradient(
    [x],
    (x: tf.Tensor) => ({ value: tf.sin(x), saved: [rounded(x)] }),
    (dy, _, saved: tf.Tensor[]) => {
      const [x] = withControlDependency(dy, saved);
      return [tf.mul(dy, tf.cos(x))];
    },
  );
const LAYER_OF: Record<string, typeof busy> = {
  plain: busy,
  recompute: (x, weight) => recompute(busy as (...inputs: tf.Tensor[]) => tf.Tensor, [x, weight]),
  float32: keeping,
  bf16: keeping,
};
const loss = (x: tf.Tensor, ...weights: tf.Tensor[]): tf.Tensor => {
  let y = x;
  for (const weight of weights) y = LAYER_OF[way](y, weight);
  return tf.mean(tf.square(y));
};
const program = compile(
  (x: tf.Tensor, weights: tf.Tensor[]) =>
    tf
      .grads(loss)([x, ...weights])
      .map((gradient) => tf.mean(tf.abs(gradient))),
  { precision: way === 'bf16' ? 'bf16' : 'float32' },
);
const run = async (rows: number) => {
  const weights = Array.from({ length: LAYERS }, (_, i) => wave([WIDTH, WIDTH], i));
  return program(wave([rows, WIDTH]), weights);
};
await run(64);
const before = peak();
const outputs = await run(ROWS);
process.stdout.write(
  JSON.stringify({ grown: peak() - before, gradients: outputs.map((output) => output.dataSync()[0]) }),
);
