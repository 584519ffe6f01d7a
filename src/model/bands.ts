/** Element-wise work on large activations, some rows at a time, so that what it makes in between stays in the cache. */
import * as tf from '@tensorflow/tfjs-core';
import { multipliesInBf16, rounded } from '../compile/precision.ts';
import { after } from '../compile/record.ts';
import { grain } from './grain.ts';

/** With more bands than this the graph would grow for little: products take nearly all the time of such a model. */
const MOST = 8;

/**
 * @param inputs all [rows, width], and so are the results; `compute` maps each row by itself
 * @returns what `compute` makes of them, to be multiplied next. On a CPU in bf16, band after band: the inputs are cut
 * and the results joined, rounded, at half the width of what lies between. In float32 that costs what it gains.
 */
export function byBands(
  inputs: tf.Tensor2D[],
  compute: (...inputs: tf.Tensor2D[]) => tf.Tensor2D[],
): tf.Tensor2D[] {
  const [rows, width] = inputs[0].shape;
  const count = Math.ceil((rows * width) / grain().band);
  if (count <= 1 || count > MOST || !multipliesInBf16()) return compute(...inputs);
  const size = Math.ceil(rows / count);
  const bands: tf.Tensor2D[][] = [];
  for (let start = 0; start < rows; start += size) {
    const cut = inputs.map((x) => tf.slice(x, [start, 0], [Math.min(size, rows - start), width]));
    const last = bands.at(-1);
    bands.push(compute(...(last ? after(last[0], cut) : cut)));
  }
  return bands[0].map((_, i) => tf.concat(bands.map((band) => rounded(band[i]))));
}
