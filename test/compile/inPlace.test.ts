/** Variables that TensorFlow ops change in place. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { changeInPlace, compile } from '../../src/compile/index.ts';
import { list } from '../support/tensors.ts';
import { ownedByTest, subtract } from './support.ts';

describe('variables changed in place', () => {
  const { own, variable, values } = ownedByTest();

  it('are changed when all that reads them has read them', async () => {
    const a = variable([10, 20]);
    const program = own(
      compile((x: tf.Tensor) => {
        const early = tf.mul(a, 1);
        const clone = tf.clone(a);
        subtract(a, x);
        return tf.stack([early, clone]);
      }),
    );
    assert.deepEqual(await values(program, tf.scalar(1)), [10, 20, 10, 20]);
    assert.deepEqual(await values(program, tf.scalar(2)), [9, 19, 9, 19]);
    assert.deepEqual(list(a), [7, 17]);
  });

  it('go one op after the other', async () => {
    const [a, m, v] = [variable([8]), variable([0]), variable([0])];
    const program = own(
      compile((gradient: tf.Tensor) => {
        const scalars = [0, 0, 1, 0.5, 0.75, 0].map((value) => tf.scalar(value));
        changeInPlace([
          { op: 'AssignSubVariableOp', variables: [a], inputs: [tf.div(a, 2)] },
          { op: 'ResourceApplyAdam', variables: [a, m, v], inputs: [...scalars, gradient] },
        ]);
      }),
    );
    const gradient = tf.tensor1d([4]);
    await program(gradient);
    gradient.dispose();
    // m = 0.5 · 4, v = 0.25 · 16, a = 8 − 4 − 2 / √4
    assert.deepEqual([a, m, v].flatMap(list), [3, 2, 4]);
  });

  it('cannot be read, nor changed again, afterwards', async () => {
    const a = variable([1]);
    const one = tf.scalar(1);
    const message = /reads a variable that was changed in place/;
    const reads = own(
      compile((x: tf.Tensor) => {
        subtract(a, x);
        return tf.add(a, 1);
      }),
    );
    await assert.rejects(reads(one), { name: 'RecordError', message });
    const gives = own(
      compile((x: tf.Tensor) => {
        subtract(a, x);
        return a;
      }),
    );
    await assert.rejects(gives(one), { name: 'RecordError', message });
    const twice = own(
      compile((x: tf.Tensor) => {
        subtract(a, x);
        subtract(a, x);
      }),
    );
    await assert.rejects(twice(one), /AssignSubVariableOp: expected a variable .* not assigned before/);
    const assigns = own(
      compile((x: tf.Tensor) => {
        subtract(a, x);
        a.assign(tf.ones([1]));
      }),
    );
    await assert.rejects(assigns(one), /left alone once it is changed in place/);
    assert.deepEqual(list(a), [1]);
    one.dispose();
  });

  it('cannot be changed once they were assigned another variable, which stays as it is', async () => {
    const [a, b] = [variable([1]), variable([5])];
    const program = own(
      compile((x: tf.Tensor) => {
        a.assign(b);
        subtract(a, x);
      }),
    );
    const one = tf.scalar(1);
    await assert.rejects(program(one), /not assigned before/);
    one.dispose();
    assert.deepEqual([list(a), list(b)], [[1], [5]]);
  });

  it('leave alone the variable, constant or input that they were assigned in an earlier run', async () => {
    const [a, b, c, d] = [
      [0, 0],
      [5, 6],
      [0, 0],
      [0, 0],
    ].map((start) => variable(start));
    const constant = tf.tensor1d([70, 80]);
    const assign = own(
      compile((x: tf.Tensor) => {
        a.assign(b);
        c.assign(constant);
        d.assign(x);
      }),
    );
    const change = own(
      compile((x: tf.Tensor) => {
        for (const one of [a, c, d]) subtract(one, x);
      }),
    );
    const one = tf.scalar(1);
    const input = tf.tensor1d([900, 950]);
    for (let i = 0; i < 3; i++) {
      await assign(input);
      await change(one);
      assert.deepEqual([a, b, c, d].map(list), [
        [4, 5],
        [5, 6],
        [69, 79],
        [899, 949],
      ]);
    }
    assert.deepEqual(
      [list(constant), list(input)],
      [
        [70, 80],
        [900, 950],
      ],
    );
    tf.dispose([one, input, constant]);
  });

  it('leave alone another variable that takes their value in the same run', async () => {
    const [a, b] = [variable([1, 1]), variable([0, 0])];
    const program = own(
      compile((x: tf.Tensor) => {
        b.assign(a);
        subtract(a, x);
      }),
    );
    for (let i = 1; i <= 20; i++) {
      const one = tf.scalar(1);
      await program(one);
      one.dispose();
      assert.deepEqual(
        [list(a), list(b)],
        [
          [1 - i, 1 - i],
          [2 - i, 2 - i],
        ],
      );
    }
  });

  it('are left to the caller outside a program', () => {
    const a = variable([1]);
    const one = tf.scalar(1);
    assert.equal(
      tf.tidy(() => subtract(a, one) as unknown as tf.Tensor),
      false,
    );
    assert.deepEqual(list(a), [1]);
    one.dispose();
  });

  it('name the op that cannot be', async () => {
    const a = variable([1, 2]);
    const program = own(
      compile((x: tf.Tensor) => {
        changeInPlace([{ op: 'AssignSubVariableOp', variables: [a], inputs: [x] }]);
      }),
    );
    const one = tf.scalar(1);
    await assert.rejects(program(one), {
      name: 'RecordError',
      message: /op AssignSubVariableOp\): Shapes must be equal rank, but are 1 and 0/,
    });
    one.dispose();
    assert.deepEqual(list(a), [1, 2]);
  });
});
