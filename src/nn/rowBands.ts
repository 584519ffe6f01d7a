/** Element-wise work on large activations, one band of rows after another, so that temporaries stay in the CPU's caches. */
import * as tf from '@tensorflow/tfjs-core';
import { multipliesInBf16, rounded, withControlDependency } from '../compile/index.ts';
import type { Tuning } from './tuning.ts';

/**
 * Applies `compute` to bands of rows where that is faster: on a CPU in a bf16 program, where the bands' results are
 * joined in bf16. In float32, cutting and joining cost what the bands gain. The results are to be multiplied next.
 * @param inputs all [rows, width]
 * @param compute maps each row on its own; its results are [rows, width] too
 */
export function mapRowBands(
  inputs: tf.Tensor2D[],
  compute: (...inputs: tf.Tensor2D[]) => tf.Tensor2D[],
  { tileSizes: { bandValues }, maxBands }: Tuning,
): tf.Tensor2D[] {
  const [rows, width] = inputs[0].shape;
  const count = Math.ceil((rows * width) / bandValues);
  if (count <= 1 || count > maxBands || !multipliesInBf16()) return compute(...inputs);
  const size = Math.ceil(rows / count);
  const bands: tf.Tensor2D[][] = [];
  for (let start = 0; start < rows; start += size) {
    const band = inputs.map((x) => tf.slice(x, [start, 0], [Math.min(size, rows - start), width]));
    const previous = bands.at(-1);
    bands.push(compute(...(previous ? withControlDependency(previous[0], band) : band)));
  }
  return bands[0].map((_, i) => tf.concat(bands.map((band) => rounded(band[i]))));
}
