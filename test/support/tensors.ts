/** Tensors for tests, and their comparison. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';

/** Different numbers of both signs between −1 and 1, none of them 0. */
export function wave(shape: number[], phase = 0): tf.Tensor {
  const size = shape.reduce((product, dim) => product * dim, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(2.399 * (i + 1) + phase)),
    shape,
  );
}

/** The same between 0.1 and 2.1. */
export const positive = (shape: number[], phase = 0): tf.Tensor =>
  tf.tidy(() => tf.add(wave(shape, phase), 1.1));

/** Shape and dtype equal, whole numbers equal, others within `relative` of the largest. */
export function assertSame(actual: tf.Tensor, expected: tf.Tensor, relative = 1e-5): void {
  assert.deepEqual([actual.shape, actual.dtype], [expected.shape, expected.dtype]);
  const [found, wanted] = [actual.dataSync(), expected.dataSync()];
  if (expected.dtype !== 'float32') {
    assert.deepEqual([...found], [...wanted]);
    return;
  }
  const scale = [...wanted]
    .filter(Number.isFinite)
    .reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  for (const [i, value] of wanted.entries()) {
    const same = Object.is(found[i], value) || Math.abs(found[i] - value) <= relative * scale;
    assert.ok(same, `at ${i}: expected ${value}, got ${found[i]}`);
  }
}

/** Values of a tensor as plain numbers. */
export const list = (tensor: tf.Tensor): number[] => [...tensor.dataSync()];

/** A variable that starts with these values. */
export const variableOf = (values: tf.TensorLike, dtype?: tf.NumericDataType | 'bool'): tf.Variable =>
  tf.tidy(() => tf.variable(tf.tensor(values as number[], undefined, dtype)));

/** What `gradientMemory.ts` prints for a way to take a gradient, in a process of its own. */
export function measured(way: string): { grown: number; gradients: number[] } {
  const script = fileURLToPath(new URL('./gradientMemory.ts', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, ['--import', 'tsx', script, way], { encoding: 'utf8' }));
}
