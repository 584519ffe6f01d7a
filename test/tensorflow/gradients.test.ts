/** Gradients of Sum and Mean. They replace tfjs's own, eager ones too, so that these are compared with numbers. */
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/compile/index.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { assertSame, wave } from '../support/tensors.ts';

describe('gradients of sums and means', () => {
  before(() => startTensorFlow());

  const weights = [[1], [10]];
  const CASES: [string, (x: tf.Tensor) => tf.Tensor, number[][]][] = [
    [
      'sum of all',
      (x) => tf.sum(x),
      [
        [1, 1, 1, 1],
        [1, 1, 1, 1],
      ],
    ],
    [
      'mean of all',
      (x) => tf.mean(x),
      [
        [1 / 8, 1 / 8, 1 / 8, 1 / 8],
        [1 / 8, 1 / 8, 1 / 8, 1 / 8],
      ],
    ],
    [
      'sum of rows',
      (x) => tf.mul(tf.sum(x, 1, true), weights),
      [
        [1, 1, 1, 1],
        [10, 10, 10, 10],
      ],
    ],
    [
      'mean of rows',
      (x) => tf.mul(tf.mean(x, -1), [1, 10]),
      [
        [0.25, 0.25, 0.25, 0.25],
        [2.5, 2.5, 2.5, 2.5],
      ],
    ],
    [
      'sum of columns',
      (x) => tf.mul(tf.sum(x, 0), [1, 2, 3, 4]),
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
    ],
    [
      'mean of columns',
      (x) => tf.mul(tf.mean(x, [0]), [2, 4, 6, 8]),
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
    ],
  ];
  for (const mode of ['eager', 'graph'] as const) {
    for (const [name, fn, expected] of CASES) {
      it(`${name} (${mode})`, async () => {
        const program = compile((x: tf.Tensor) => tf.grad((x: tf.Tensor) => tf.sum(fn(x)))(x), { mode });
        const [x, wanted] = [wave([2, 4]), tf.tensor2d(expected)];
        const found = await program(x);
        assertSame(found, wanted, 1e-6);
        program.dispose();
        tf.dispose([x, wanted, found]);
      });
    }
  }
});
