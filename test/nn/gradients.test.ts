/** Custom gradients, and results without a gradient that leave a function beside its value. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/compile/index.ts';
import { customGradient, customGradientWithAux, valueAndGradients } from '../../src/nn/gradients.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { list, variableOf } from '../support/tensors.ts';

describe('custom gradients', () => {
  before(() => startTensorFlow());

  /** x², with a gradient of 5 · x in place of 2 · x, and x + 1. */
  const square = (x: tf.Tensor) =>
    customGradientWithAux(
      [x],
      (x: tf.Tensor) => ({ value: tf.square(x), aux: tf.add(x, 1), saved: [tf.mul(x, 5)] }),
      (dy, _, [slope]: tf.Tensor[]) => [tf.mul(dy, slope)],
    );

  for (const mode of ['eager', 'graph'] as const) {
    it(`replace the derivative of the ops inside (${mode})`, async () => {
      const cubed = (x: tf.Tensor): tf.Tensor =>
        customGradient(
          [x],
          (x: tf.Tensor) => ({ value: tf.mul(tf.square(x), x) as tf.Tensor }),
          (dy, [x]: tf.Tensor[]) => [tf.mul(dy, tf.mul(x, 7))],
        );
      const program = compile((x: tf.Tensor) => [cubed(x), tf.grad((x: tf.Tensor) => tf.sum(cubed(x)))(x)], {
        mode,
      });
      const x = tf.tensor1d([1, 2]);
      const found = await program(x);
      assert.deepEqual(found.map(list), [
        [1, 8],
        [7, 14],
      ]);
      program.dispose();
      tf.dispose([x, found]);
    });

    it(`return an auxiliary tensor, inside and outside a gradient, and leave nothing behind (${mode})`, async () => {
      const weight = variableOf([3, 4]);
      const program = compile(
        (x: tf.Tensor) => {
          const { value, aux, gradients } = valueAndGradients(() => {
            const squared = square(tf.mul(weight, x));
            return { value: tf.sum(squared.value) as tf.Scalar, aux: squared.aux };
          }, [weight]);
          return { value, aux, gradient: gradients[0], alone: square(x).aux };
        },
        { mode },
      );
      const x = tf.tensor1d([1, 2]);
      const before = tf.memory().numTensors;
      const { value, aux, gradient, alone } = await program(x);
      assert.deepEqual([value, aux, gradient, alone].map(list), [[73], [4, 9], [15, 80], [2, 3]]);
      tf.dispose([value, aux, gradient, alone]);
      assert.equal(tf.memory().numTensors, before);
      program.dispose();
      tf.dispose([x, weight]);
    });
  }

  it('return as auxiliary tensor an input, which stays the caller’s', () => {
    const weight = variableOf([2]);
    const { aux } = tf.tidy(() =>
      valueAndGradients(() => ({ value: tf.sum(weight) as tf.Scalar, aux: weight as tf.Tensor }), [weight]),
    );
    assert.deepEqual([list(aux), list(weight)], [[2], [2]]);
    aux.dispose();
    assert.deepEqual(list(weight), [2]);
    weight.dispose();
  });

  it('leave nothing behind when they fail', () => {
    const weight = variableOf([1]);
    const before = tf.memory().numTensors;
    assert.throws(
      () =>
        tf.tidy(() =>
          valueAndGradients(() => {
            const { value, aux } = square(weight);
            return { value: tf.sum(tf.add(value, tf.ones([2, 2, 2]))) as tf.Scalar, aux };
          }, [variableOf([1])]),
        ),
      /Cannot find a connection/,
    );
    assert.equal(tf.memory().numTensors, before + 1);
    weight.dispose();
  });
});
