/** Variables that programs read and assign. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/compile/index.ts';
import { list, variableOf } from '../support/tensors.ts';
import { ownedByTest } from './support.ts';

describe('variables in programs', () => {
  const { own, variable, values, tensorsBefore } = ownedByTest();

  it('are changed from run to run', async () => {
    const total = variable([1, 10]);
    const add = own(
      compile((x: tf.Tensor) => {
        total.assign(tf.add(total, x));
        return tf.mul(total, 2);
      }),
    );
    assert.deepEqual(await values(add, tf.scalar(1)), [4, 22]);
    assert.deepEqual(await values(add, tf.scalar(2)), [8, 26]);
    assert.deepEqual(await values(add, tf.scalar(3)), [14, 32]);
    assert.deepEqual(list(total), [7, 16]);
    assert.equal(add.programs, 1);
  });

  it('are as they were after recording, which computes nothing', async () => {
    const a = variable([1]);
    const program = own(compile(() => a.assign(tf.add(a, 1))));
    await program.record();
    assert.deepEqual([Array.from(await a.data()), list(a)], [[1], [1]]);
    await program();
    assert.deepEqual(list(a), [2]);
  });

  it('keep what was assigned first where a value was read before', async () => {
    const a = variable([1, 2]);
    const program = own(
      compile(() => {
        const before = tf.clone(a);
        a.assign(tf.mul(a, 10));
        const between = tf.clone(a);
        a.assign(tf.add(a, 1));
        return tf.stack([before, between, a]);
      }),
    );
    assert.deepEqual(await values(program), [1, 2, 10, 20, 11, 21]);
    assert.deepEqual(list(a), [11, 21]);
  });

  it('are shared by programs', async () => {
    const shared = variable([3]);
    const double = own(compile(() => shared.assign(tf.mul(shared, 2))));
    const read = own(compile(() => tf.add(shared, 0.5)));
    assert.deepEqual(await values(read), [3.5]);
    await double();
    await double();
    assert.deepEqual(await values(read), [12.5]);
  });

  it('are exchanged for each other', async () => {
    const [a, b] = [variable([1, 2]), variable([3, 4])];
    const swap = own(
      compile(() => {
        const old = tf.clone(a);
        a.assign(b);
        b.assign(old);
      }),
    );
    for (let i = 0; i < 25; i++) {
      await swap();
      assert.deepEqual(
        [list(a), list(b)],
        i % 2
          ? [
              [1, 2],
              [3, 4],
            ]
          : [
              [3, 4],
              [1, 2],
            ],
      );
    }
  });

  it('pass their values around in a ring', async () => {
    const ring = Array.from({ length: 12 }, (_, i) => variable([i]));
    const turn = own(
      compile(() => {
        const first = tf.clone(ring[0]);
        for (const [i, one] of ring.entries()) one.assign(ring[i + 1] ?? first);
      }),
    );
    for (let i = 1; i < 13; i++) {
      await turn();
      assert.deepEqual(
        ring.flatMap(list),
        ring.map((_, at) => (at + i) % 12),
      );
    }
  });

  it('are freed when they are disposed, and a program that needs them says so', async () => {
    const a = variableOf([1, 2]);
    const program = own(compile(() => tf.add(a, 1)));
    assert.deepEqual(await values(program), [2, 3]);
    a.dispose();
    assert.equal(tf.memory().numTensors, tensorsBefore());
    await assert.rejects(program(), /a variable of shape \[2\] was disposed/);
  });

  it('are of int32 and bool too', async () => {
    const [count, flag] = [variable([1, -2], 'int32'), variable([1, 0], 'bool')];
    const program = own(
      compile(() => {
        count.assign(tf.add(count, tf.scalar(3, 'int32')));
        flag.assign(tf.logicalNot(flag));
        return { count, flag };
      }),
    );
    for (const expected of [
      [
        [4, 1],
        [0, 1],
      ],
      [
        [7, 4],
        [1, 0],
      ],
    ]) {
      const found = await program();
      assert.deepEqual([found.count.dtype, found.flag.dtype], ['int32', 'bool']);
      assert.deepEqual([list(found.count), list(found.flag)], expected);
      assert.deepEqual([list(count), list(flag)], expected);
      tf.dispose(found);
    }
  });

  it('are of no elements, and scalars', async () => {
    const [none, single] = [own(tf.tidy(() => tf.variable(tf.zeros([0, 3])))), variable(5)];
    const program = own(
      compile((x: tf.Tensor) => {
        none.assign(tf.mul(none, 2));
        single.assign(tf.add(single, tf.add(x, tf.sum(none))));
      }),
    );
    const one = tf.scalar(1);
    await program(one);
    await program(one);
    one.dispose();
    assert.deepEqual([none.shape, list(none), single.shape, list(single)], [[0, 3], [], [], [7]]);
  });

  it('are not made inside a program', async () => {
    const program = own(
      compile(() => {
        const inner = tf.variable(tf.ones([2, 3]));
        return tf.add(inner, 1);
      }),
    );
    await assert.rejects(
      program(),
      /expected variables made outside the function, got new ones of shape \[2,3\]/,
    );
  });
});
