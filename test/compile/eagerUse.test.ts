/** Variables of programs that are also used op by op. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/compile/index.ts';
import { openedRuntime } from '../../src/compile/runtime.ts';
import { list, variableOf } from '../support/tensors.ts';
import { ownedByTest } from './support.ts';

describe('variables used op by op', () => {
  const { own, variable } = ownedByTest();

  const incremented = (a: tf.Variable) => own(compile(() => a.assign(tf.add(a, 1))));

  it('are read without leaving the session', async () => {
    const a = variable([1, 2]);
    await incremented(a)();
    const { recorder } = openedRuntime() as NonNullable<ReturnType<typeof openedRuntime>>;
    assert.ok(recorder.variableOf(a.dataId));
    assert.deepEqual(
      [Array.from(await a.data()), list(a), a.arraySync()],
      [
        [2, 3],
        [2, 3],
        [2, 3],
      ],
    );
    assert.ok(recorder.variableOf(a.dataId));
  });

  it('leave the session for an op, and come back for the next run', async () => {
    const a = variable([1, 2]);
    const increment = incremented(a);
    for (let i = 1; i <= 3; i++) {
      await increment();
      const sum = tf.tidy(() => list(tf.add(a, 0.5)));
      assert.deepEqual(sum, [1.5 + i, 2.5 + i]);
    }
    assert.equal(increment.programs, 1);
  });

  it('are assigned from outside between runs', async () => {
    const a = variable([1, 2]);
    const increment = incremented(a);
    await increment();
    tf.tidy(() => a.assign(tf.tensor1d([10, 20])));
    assert.deepEqual(list(a), [10, 20]);
    await increment();
    assert.deepEqual(list(a), [11, 21]);
    tf.tidy(() => a.assign(tf.neg(a)));
    await increment();
    assert.deepEqual(list(a), [-10, -20]);
  });

  it('do not change a tensor that they were made of or a copy of them', async () => {
    const start = tf.tensor1d([1, 2]);
    const a = own(tf.variable(start));
    const increment = incremented(a);
    await increment();
    const copy = tf.clone<tf.Tensor>(a);
    await increment();
    await increment();
    assert.deepEqual(
      [list(start), list(copy), list(a)],
      [
        [1, 2],
        [2, 3],
        [4, 5],
      ],
    );
    tf.dispose([start, copy]);
  });

  it('do not change a variable that was assigned their value', async () => {
    const [a, b, c] = [variable([1, 2]), variable([0, 0]), variable([0, 0])];
    const increment = incremented(a);
    b.assign(a);
    await increment();
    assert.deepEqual(
      [list(a), list(b)],
      [
        [2, 3],
        [1, 2],
      ],
    );
    b.assign(a);
    c.assign(a);
    await increment();
    assert.deepEqual(
      [list(a), list(b), list(c)],
      [
        [3, 4],
        [2, 3],
        [2, 3],
      ],
    );
    await incremented(b)();
    assert.deepEqual(
      [list(a), list(b), list(c)],
      [
        [3, 4],
        [3, 4],
        [2, 3],
      ],
    );
    a.assign(b);
    await increment();
    await increment();
    assert.deepEqual(
      [list(a), list(b), list(c)],
      [
        [5, 6],
        [3, 4],
        [2, 3],
      ],
    );
  });

  it('may be disposed while another has their value', async () => {
    const b = variable([0, 0]);
    const a = variableOf([1, 2]);
    const increment = compile(() => a.assign(tf.add(a, 1)));
    await increment();
    b.assign(a);
    increment.dispose();
    a.dispose();
    assert.deepEqual(list(b), [2, 3]);
    await incremented(b)();
    assert.deepEqual(list(b), [3, 4]);
  });
});
