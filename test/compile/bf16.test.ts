/** Matrix products in bf16: inputs are rounded, everything else is float32. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile, rounded as keptRounded, type Precision } from '../../src/compile/index.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { startedDevice, startTensorFlow } from '../../src/runtime/start.ts';
import { meanLoss } from '../../src/train/gradients.ts';
import { disposeAdamW, initAdamW } from '../../src/train/optimizer.ts';
import { makePrograms } from '../../src/train/programs.ts';
import { assertSame, list, measured, positive, variableOf, wave } from '../support/tensors.ts';
import { batchOf, encoded, tinyModel } from '../support/tiny.ts';

/** The nearest number whose lower 16 bits are 0, to even where two are as near. */
function rounded(x: tf.Tensor): tf.Tensor {
  const values = Float32Array.from(x.dataSync());
  const bits = new Uint32Array(values.buffer);
  for (const [i, bit] of bits.entries()) bits[i] = (bit + 0x7fff + ((bit >>> 16) & 1)) & 0xffff0000;
  return tf.tensor(values, x.shape);
}

const worst = (a: tf.Tensor, b: tf.Tensor) =>
  tf.tidy(() => list(tf.max(tf.abs(tf.sub(a, b))))[0] / list(tf.max(tf.abs(b)))[0]);

describe('bf16', () => {
  before(() => startTensorFlow());

  it('rounds what is multiplied, and gives float32', async () => {
    const multiply = (a: tf.Tensor, b: tf.Tensor) => ({
      flat: tf.matMul(a, b),
      turned: tf.matMul(a, b, true, true),
      batched: tf.matMul(tf.reshape(a, [4, 4, 16]), tf.reshape(b, [4, 16, 4])),
    });
    // Sums of positive numbers: no cancellation hides or blows up the rounding.
    const inputs = [positive([16, 16]), positive([16, 16], 1)] as const;
    const program = compile(multiply, { precision: 'bf16' });
    const found = await program(...inputs);
    const exact = tf.tidy(() => multiply(...inputs));
    const expected = tf.tidy(() => multiply(rounded(inputs[0]), rounded(inputs[1])));
    for (const name of ['flat', 'turned', 'batched'] as const) {
      assert.equal(found[name].dtype, 'float32');
      assert.ok(worst(found[name], expected[name]) < 1e-2, `${name}: ${worst(found[name], expected[name])}`);
      assert.ok(worst(found[name], exact[name]) > 1e-5, `${name} is not rounded`);
    }
    program.dispose();
    tf.dispose([found, exact, expected, ...inputs]);
  });

  it('multiplies exactly what bf16 holds', async () => {
    const program = compile((a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b), { precision: 'bf16' });
    const inputs = [
      tf.tensor2d([
        [1, 2],
        [3, -4],
      ]),
      tf.tensor2d([
        [0.5, 8],
        [-1, 0.25],
      ]),
    ] as const;
    const found = await program(...inputs);
    assert.deepEqual(list(found), [-1.5, 8.5, 5.5, 23]);
    program.dispose();
    tf.dispose([found, ...inputs]);
  });

  it('leaves all but products in float32: sums, variables, losses', async () => {
    const weight = variableOf([1, 1]);
    const program = compile(
      (x: tf.Tensor) => {
        weight.assign(tf.add(weight, tf.mul(x, 1e-5)));
        return tf.sum(tf.exp(tf.add(x, 1e-5)));
      },
      { precision: 'bf16' },
    );
    const x = tf.ones([2]);
    const found = [await program(x), await program(x)];
    assert.equal(weight.dtype, 'float32');
    for (const value of list(weight)) assert.ok(Math.abs(value - 1.00002) < 2e-7, `${value}`);
    const expected = tf.tidy(() => tf.sum(tf.exp(tf.add(x, 1e-5))));
    for (const sum of found) assertSame(sum, expected, 1e-6);
    program.dispose();
    tf.dispose([weight, x, found, expected]);
  });

  it('moves products as they are, and leaves what is joined to them in float32', async () => {
    const moves = (product: tf.Tensor2D, others: tf.Tensor2D) => {
      const turned = tf.reshape(tf.transpose(tf.slice(product, [1, 0], [2, 4])), [2, 4]);
      const picked = tf.gather(tf.concat([turned, product]), tf.tensor1d([5, 0], 'int32'));
      return [picked, tf.concat([picked, others]), tf.add(tf.concat([others, picked]), 1e-4)];
    };
    const program = compile(
      (a: tf.Tensor2D, b: tf.Tensor2D, others: tf.Tensor2D) => {
        const product: tf.Tensor2D = tf.matMul(a, b);
        return [product, ...moves(product, others)];
      },
      { precision: 'bf16' },
    );
    const inputs = [wave([4, 4]), wave([4, 4], 1), wave([2, 4], 2)] as tf.Tensor2D[];
    const [product, ...found] = (await program(inputs[0], inputs[1], inputs[2])) as tf.Tensor2D[];
    const expected = tf.tidy(() => moves(product, inputs[2]));
    for (const [i, tensor] of expected.entries()) assertSame(found[i], tensor, 0);
    program.dispose();
    tf.dispose([inputs, product, found, expected]);
  });

  it('keeps for a gradient what is rounded, and takes it as float32', async () => {
    const gradient = (x: tf.Tensor) => {
      const kept = keptRounded(x);
      return { moved: tf.reshape(kept, [2, 8]), exact: tf.add(x, 1e-5), sum: tf.add(kept, 1e-5) };
    };
    const x = wave([16]);
    for (const precision of ['bf16', 'float32'] as const) {
      const program = compile(gradient, { precision });
      const found = await program(x);
      const expected = tf.tidy(() => {
        const kept = precision === 'bf16' ? rounded(x) : x;
        return { moved: tf.reshape(kept, [2, 8]), exact: tf.add(x, 1e-5), sum: tf.add(kept, 1e-5) };
      });
      for (const name of ['moved', 'exact', 'sum'] as const) assertSame(found[name], expected[name], 0);
      program.dispose();
      tf.dispose([found, expected]);
    }
    assert.equal(keptRounded(x), x, 'nothing is rounded outside a program');
    x.dispose();
  });

  it('takes less memory for what a gradient keeps', function () {
    this.timeout(60000);
    // What is measured is the memory of the process.
    if (process.platform !== 'linux' || startedDevice() === 'gpu') this.skip();
    const [exact, bf16] = [measured('float32'), measured('bf16')];
    assert.ok(bf16.grown < 0.8 * exact.grown, `${bf16.grown} MB in bf16, ${exact.grown} MB in float32`);
  });

  it('takes gradients with products rounded too', async () => {
    const gradients = (a: tf.Tensor, b: tf.Tensor) =>
      tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(tf.matMul(a, b))))([a, b]);
    const inputs = [wave([8, 8]), wave([8, 8], 1)] as const;
    const program = compile(gradients, { precision: 'bf16' });
    const found = await program(...inputs);
    const exact = tf.tidy(() => gradients(...inputs));
    for (const [i, gradient] of found.entries()) {
      assert.equal(gradient.dtype, 'float32');
      const off = worst(gradient, exact[i]);
      assert.ok(off > 1e-5 && off < 3e-2, `${off}`);
    }
    program.dispose();
    tf.dispose([found, exact, ...inputs]);
  });

  it('trains a decoder to nearly the same losses', async function () {
    this.timeout(60000);
    const losses = async (precision: Precision): Promise<number[]> => {
      const model = tinyModel({ nLayers: 1 });
      const optimizer = await initAdamW(model.parameters);
      const settings = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1, clipNorm: 1 };
      const fixed = { dropout: 0, gradientCheckpointing: false, seed: 1, mode: 'graph' } as const;
      const programs = makePrograms(model, optimizer, { ...settings, ...fixed, precision });
      const batch = batchOf(encoded([5, 6, 7, 8, 9, 10, 0], 1), encoded([11, 12, 13, 14, 15, 16, 0], 1));
      const found: number[] = [];
      for (let step = 0; step < 30; step++) found.push(meanLoss((await programs.step([batch], 0.01)).spans));
      for (const { dtype } of Object.values(model.parameters)) assert.equal(dtype, 'float32');
      programs.dispose();
      disposeParameters(model.parameters);
      disposeAdamW(optimizer);
      return found;
    };
    const [exact, bf16] = [await losses('float32'), await losses('bf16')];
    assert.ok(exact[29] < 0.5 * exact[0], `${exact[0]} falls to ${exact[29]}`);
    for (const [step, loss] of bf16.entries()) {
      // Of the first loss: late ones are so small that rounding shows.
      const off = Math.abs(loss - exact[step]);
      assert.ok(off < 0.02 * exact[0], `step ${step + 1}: ${loss} in bf16, ${exact[step]} in float32`);
    }
    assert.notDeepEqual(bf16, exact);
  });
});
