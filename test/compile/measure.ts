/** Prints how much memory the gradient of a deep function took at most, in MB: `measure.ts true` recomputes. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { compile, recompute } from '../../src/compile/index.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { wave } from './support.ts';

const LAYERS = 12;
const ROWS = 8192;
const WIDTH = 64;

/** Peak since the last reset, in MB. */
const peak = () => Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024;

await startTensorFlow();
const again = process.argv[2] === 'true';
const layer = (x: tf.Tensor, weight: tf.Tensor): tf.Tensor => {
  const wide = tf.tanh(tf.matMul(x, weight));
  return tf.add(x, tf.mul(tf.sigmoid(wide), tf.sin(tf.exp(tf.neg(tf.square(wide))))));
};
const loss = (x: tf.Tensor, ...weights: tf.Tensor[]): tf.Tensor => {
  let y = x;
  for (const weight of weights) y = again ? recompute(layer as typeof loss, [y, weight]) : layer(y, weight);
  return tf.mean(tf.square(y));
};
const program = compile((x: tf.Tensor, weights: tf.Tensor[]) =>
  tf
    .grads(loss)([x, ...weights])
    .map((gradient) => tf.mean(tf.abs(gradient))),
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
