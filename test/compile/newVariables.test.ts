/** Variables made in the session, and the graph that is emptied when nothing uses it. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile, declareVariable, lendValues, newVariables, writeValues } from '../../src/compile/index.ts';
import { openedRuntime } from '../../src/compile/runtime.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { list, variableOf } from '../support/tensors.ts';
import { ownedByTest } from './support.ts';

describe('new variables', () => {
  const { own, values } = ownedByTest();

  for (const mode of ['graph', 'eager'] as const) {
    it(`are filled, written and lent in place (${mode})`, async () => {
      const names: string[] = [];
      const shapes = { a: [2, 2], b: [3], none: [0] };
      const made = await newVariables(
        shapes,
        (values, name) => {
          names.push(name);
          for (let i = 0; i < values.length; i++) values[i] = i + 1;
        },
        { mode, trainable: false },
      );
      assert.deepEqual(names, ['a', 'b', 'none']);
      assert.deepEqual([made.a.shape, made.a.trainable, list(made.a)], [[2, 2], false, [1, 2, 3, 4]]);
      const program = own(compile(() => made.b.assign(tf.mul(made.b, 2)), { mode }));
      await program();
      const lent = await lendValues(made.b, async (values) => Array.from(values));
      assert.deepEqual(lent, [2, 4, 6]);
      await writeValues(made.b, (values) => void values.set([7, 8, 9]));
      assert.deepEqual(list(made.b), [7, 8, 9]);
      await program();
      assert.deepEqual(list(made.b), [14, 16, 18]);
      tf.dispose(made);
    });
  }

  it('are none where filling fails', async () => {
    const fails = (_: Float32Array, name: string) => {
      if (name === 'b') throw new Error('no values');
    };
    await assert.rejects(newVariables({ a: [2], b: [3] }, fails), /no values/);
  });

  it('are declared first and written before a run', async () => {
    const declared = own(await declareVariable([2]));
    const program = own(compile(() => tf.mul(declared, 3)));
    await program.record();
    await writeValues(declared, (values) => void values.set([1, 2]));
    assert.deepEqual(await values(program), [3, 6]);
  });

  it('are set by a program that is the first to write them', async () => {
    const declared = own(await declareVariable([2]));
    const program = own(compile((x: tf.Tensor) => declared.assign(x)));
    const x = tf.tensor1d([4, 5]);
    await program(x);
    x.dispose();
    assert.deepEqual(list(declared), [4, 5]);
  });
});

describe('the graph', () => {
  const opened = () => openedRuntime() as NonNullable<ReturnType<typeof openedRuntime>>;

  it('is emptied when nothing uses it, and later programs work', async () => {
    await startTensorFlow();
    for (let round = 0; round < 3; round++) {
      const { a } = await newVariables({ a: [2] }, (values) => void values.fill(round));
      const kept = variableOf([1]);
      const program = compile((x: tf.Tensor) => {
        a.assign(tf.add(a, x));
        kept.assign(tf.add(kept, 1));
        return tf.mul(tf.add(a, kept), tf.tensor1d([1, 10]));
      });
      const x = tf.scalar(1);
      const output = await program(x);
      assert.deepEqual(list(output), [round + 3, 10 * (round + 3)]);
      const size = opened().graph.size;
      program.dispose();
      tf.dispose({ a });
      // One variable is still in use, so the graph is kept.
      const another = await declareVariable([3]);
      assert.ok(opened().graph.size > size);
      assert.deepEqual(list(kept), [2]);
      tf.dispose([kept, another, x, output]);
      const next = await declareVariable([3]);
      assert.ok(opened().graph.size < size, `${opened().graph.size} operations, ${size} before`);
      next.dispose();
    }
  });

  it('is kept while a run is in progress', async () => {
    const program = compile((x: tf.Tensor) => tf.sum(tf.matMul(x, x)));
    const x = tf.ones([300, 300]);
    const runs = [program(x), program(x), program(x)];
    await new Promise((resolve) => setImmediate(resolve));
    program.dispose();
    tf.dispose(await newVariables({ a: [2] }, (values) => void values.fill(1)));
    for (const output of await Promise.all(runs)) {
      assert.deepEqual(list(output), [300 ** 3]);
      output.dispose();
    }
    x.dispose();
  });
});
