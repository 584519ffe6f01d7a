/** Element-wise work by bands of rows. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/compile/index.ts';
import { gatedActivation } from '../../src/nn/gates.ts';
import { mapRowBands } from '../../src/nn/rowBands.ts';
import { deviceTuning } from '../../src/nn/tuning.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { assertSame, wave } from '../support/tensors.ts';

describe('mapRowBands', () => {
  before(() => startTensorFlow());

  it('gives what the whole gives, the rows that are left over too', async function () {
    const seen: number[] = [];
    const compute = (x: tf.Tensor2D, y: tf.Tensor2D) => {
      seen.push(x.shape[0]);
      return [tf.mul(tf.sin(x), y), tf.sub(y, x)] as tf.Tensor2D[];
    };
    const [x, y] = [wave([3001, 400]), wave([3001, 400], 1)] as tf.Tensor2D[];
    const program = compile(
      (x: tf.Tensor2D, y: tf.Tensor2D) => mapRowBands([x, y], compute, deviceTuning()),
      {
        precision: 'bf16',
      },
    );
    const found = await program(x, y);
    if (tf.getBackend() === 'tensorflow' && seen.length === 1) this.skip(); // a GPU takes all at once
    assert.deepEqual(seen, [1501, 1500]);
    const expected = tf.tidy(() => compute(x, y));
    for (const [i, tensor] of expected.entries()) assertSame(found[i], tensor, 2 ** -8);
    program.dispose();
    tf.dispose([x, y, found, expected]);
  });

  for (const gate of ['silu', 'gelu_pytorch_tanh'] as const) {
    it(`changes no gradient of ${gate}`, async () => {
      const inputs = [wave([3000, 400]), wave([3000, 400], 1)] as tf.Tensor2D[];
      const gradients = (a: tf.Tensor, b: tf.Tensor) => {
        const loss = (a: tf.Tensor, b: tf.Tensor) =>
          tf.sum(tf.square(gatedActivation(a as tf.Tensor2D, b as tf.Tensor2D, gate, deviceTuning())));
        return tf.grads(loss)([a, b]);
      };
      const program = compile(gradients, { precision: 'bf16' });
      const found = await program(inputs[0], inputs[1]);
      const expected = tf.tidy(() => gradients(inputs[0], inputs[1]));
      for (const [i, tensor] of expected.entries()) assertSame(found[i], tensor, 1e-2);
      program.dispose();
      tf.dispose([inputs, found, expected]);
    });
  }
});
