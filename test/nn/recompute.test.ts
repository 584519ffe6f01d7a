/** Gradients that compute again what they need. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/compile/index.ts';
import type { Model } from '../../src/model/decoder.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { recompute } from '../../src/nn/recompute.ts';
import { startedDevice, startTensorFlow } from '../../src/runtime/start.ts';
import { batchGradients } from '../../src/train/gradients.ts';
import { batchTensors } from '../../src/train/loss.ts';
import { assertSame, list, measured, wave } from '../support/tensors.ts';
import { batchOf, encoded, tinyModel } from '../support/tiny.ts';

describe('recompute', () => {
  before(() => startTensorFlow());

  for (const mode of ['eager', 'graph'] as const) {
    it(`gives the values and gradients of the function (${mode})`, async () => {
      const layer = (x: tf.Tensor, w: tf.Tensor) => tf.add(x, tf.tanh(tf.matMul(x, w)));
      const deep = (again: boolean) => (x: tf.Tensor, w: tf.Tensor) => {
        const of = (x: tf.Tensor): tf.Tensor =>
          again ? recompute(layer as (...all: tf.Tensor[]) => tf.Tensor, [x, w]) : layer(x, w);
        return tf.sum(tf.square(of(of(of(x)))));
      };
      const inputs = [wave([3, 4]), wave([4, 4], 1)] as const;
      const [again, plain] = [true, false].map((again) =>
        compile(
          (x: tf.Tensor, w: tf.Tensor) => {
            const { value, grads } = tf.valueAndGrads(deep(again))([x, w]);
            return [value, ...grads];
          },
          { mode },
        ),
      );
      const [found, expected] = [await again(...inputs), await plain(...inputs)];
      for (const [i, tensor] of expected.entries()) assertSame(found[i], tensor, 1e-6);
      for (const program of [again, plain]) program.dispose();
      tf.dispose([found, expected, ...inputs]);
    });

    it(`calls the function a second time on the way back (${mode})`, async () => {
      let calls = 0;
      const fn = (x: tf.Tensor) => {
        calls++;
        return tf.square(x);
      };
      const program = compile((x: tf.Tensor) => tf.grad((x: tf.Tensor) => tf.sum(recompute(fn, [x])))(x), {
        mode,
      });
      const x = tf.tensor1d([3]);
      const found = await program(x);
      assert.deepEqual([list(found), calls], [[6], 2]);
      program.dispose();
      tf.dispose([x, found]);
    });
  }

  describe('in a decoder', () => {
    let model: Model;
    before(() => {
      model = tinyModel();
    });
    after(() => disposeParameters(model.parameters));
    const batch = batchOf(encoded([5, 6, 7, 8, 9, 10, 0], 3), encoded([11, 12, 13, 0], 1));

    async function gradients(mode: 'eager' | 'graph', again: boolean, rate: number) {
      const tensors = batchTensors(batch, batch.supervisedCount);
      const seed = tf.tensor1d([3, 4], 'int32');
      const program = compile(
        (batch: typeof tensors, seed: tf.Tensor1D) => {
          const drops = rate > 0 ? { dropout: { rate, seed } } : {};
          const { sums, gradients } = batchGradients(model, batch, { recompute: again, ...drops });
          return { sums, ...gradients };
        },
        { mode },
      );
      const found = await program(tensors, seed);
      program.dispose();
      tf.dispose([tensors, seed]);
      return found as Record<string, tf.Tensor>;
    }

    for (const rate of [0, 0.3]) {
      it(`gives the same losses and gradients${rate ? ', dropping the same' : ''}`, async () => {
        const before = tf.memory().numTensors;
        const expected = await gradients('eager', false, rate);
        assert.equal(Object.keys(expected).length, Object.keys(model.parameters).length + 1);
        for (const [mode, again] of [
          ['eager', true],
          ['graph', true],
          ['graph', false],
        ] as const) {
          const found = await gradients(mode, again, rate);
          for (const [name, tensor] of Object.entries(expected)) assertSame(found[name], tensor, 1e-5);
          tf.dispose(found);
        }
        tf.dispose(expected);
        assert.equal(tf.memory().numTensors, before);
      });
    }
  });

  it('takes clearly less memory', function () {
    this.timeout(60000);
    // What is measured is the memory of the process.
    if (process.platform !== 'linux' || startedDevice() === 'gpu') this.skip();
    const [plain, again] = [measured('plain'), measured('recompute')];
    for (const [i, value] of plain.gradients.entries())
      assert.ok(Math.abs(again.gradients[i] / value - 1) < 1e-4);
    assert.ok(again.grown < 0.75 * plain.grown, `${again.grown} MB with, ${plain.grown} MB without`);
  });
});
