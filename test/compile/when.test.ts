/** Assignments under a condition. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile, RecordError, type Tree, when } from '../../src/compile/index.ts';
import { list } from '../support/tensors.ts';
import { ownedByTest, subtract } from './support.ts';

describe('variables under a condition', () => {
  const { own, variable, values } = ownedByTest();

  it('are changed only where it is true', async () => {
    const [a, b, c] = [variable([1]), variable([10]), variable([100])];
    const program = own(
      compile((x: tf.Tensor) => {
        const large = tf.greater(x, 5);
        when(large, () => {
          a.assign(tf.add(a, x));
          subtract(b, x);
        });
        when(tf.logicalNot(large), () => c.assign(tf.add(c, x)));
        return large;
      }),
    );
    assert.deepEqual(await values(program, tf.scalar(3)), [0]);
    assert.deepEqual([a, b, c].flatMap(list), [1, 10, 103]);
    assert.deepEqual(await values(program, tf.scalar(7)), [1]);
    assert.deepEqual([a, b, c].flatMap(list), [8, 3, 103]);
    assert.deepEqual(await values(program, tf.scalar(4)), [0]);
    assert.deepEqual([a, b, c].flatMap(list), [8, 3, 107]);
  });

  it('are read as they were before', async () => {
    const a = variable([1]);
    const program = own(
      compile((x: tf.Tensor) => {
        const old = tf.clone(a);
        when(x, () => a.assign(tf.zeros([1])));
        return old;
      }),
    );
    assert.deepEqual(await values(program, tf.scalar(1, 'bool')), [1]);
    assert.deepEqual(await values(program, tf.scalar(1, 'bool')), [0]);
  });

  it('cannot be read or assigned afterwards, nor be assigned before', async () => {
    const a = variable([1]);
    const yes = tf.scalar(1, 'bool');
    const change = (condition: tf.Tensor) => when(condition, () => a.assign(tf.ones([1])));
    const refused = async (fn: (condition: tf.Tensor) => Tree, message: RegExp) => {
      const program = own(compile(fn));
      await assert.rejects(program(yes), (error: Error) => {
        assert.ok(error instanceof RecordError);
        assert.match(error.message, message);
        return true;
      });
    };
    const reads = (condition: tf.Tensor) => {
      change(condition);
      return tf.mul(a, 2);
    };
    await refused(reads, /tf\.mul: reads a variable that was assigned under a condition/);
    const assigns = (condition: tf.Tensor) => {
      change(condition);
      a.assign(tf.zeros([1]));
    };
    await refused(assigns, /left alone once it is changed in place or under a condition/);
    const twice = (condition: tf.Tensor) => {
      change(condition);
      change(condition);
    };
    await refused(twice, /left alone|not assigned before/);
    const before = (condition: tf.Tensor) => {
      a.assign(tf.zeros([1]));
      change(condition);
    };
    await refused(before, /when: expected a variable of shape \[1\] not assigned before/);
    const nested = (condition: tf.Tensor) => when(condition, () => change(condition));
    await refused(nested, /when: expected no other when around it/);
    yes.dispose();
    assert.deepEqual(list(a), [1]);
  });

  it('do the same op by op', () => {
    const a = variable([1]);
    for (const [condition, expected] of [
      [0, 1],
      [1, 2],
    ]) {
      tf.tidy(() => when(tf.scalar(condition, 'bool'), () => a.assign(tf.tensor1d([2]))));
      assert.deepEqual(list(a), [expected]);
    }
  });
});
