/** Random numbers from seeds. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/compile/index.ts';
import { dropout, randomUniform } from '../../src/nn/random.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { list } from '../support/tensors.ts';

const seedOf = (...seed: number[]) => tf.tensor1d(seed, 'int32');

describe('random numbers', () => {
  before(() => startTensorFlow());

  const draw = (seed: tf.Tensor1D) => randomUniform([3, 400], seed);
  const compiled = compile(draw);
  after(() => compiled.dispose());

  async function drawn(mode: 'eager' | 'graph', ...seed: number[]): Promise<number[]> {
    const fed = seedOf(...seed);
    const output = mode === 'eager' ? tf.tidy(() => draw(fed)) : await compiled(fed);
    const values = list(output);
    tf.dispose([fed, output]);
    return values;
  }

  it('follow from the seed alone, op by op and compiled', async () => {
    const expected = await drawn('eager', 3, 5);
    assert.equal(new Set(expected).size > 1190, true);
    for (const mode of ['eager', 'graph', 'graph'] as const)
      assert.deepEqual(await drawn(mode, 3, 5), expected);
    for (const seed of [
      [3, 6],
      [4, 5],
      [5, 3],
      [-3, 5],
    ]) {
      const other = await drawn('graph', ...seed);
      assert.deepEqual(await drawn('eager', ...seed), other);
      const same = other.filter((value, i) => value === expected[i]).length;
      assert.ok(same < 12, `${same} of ${other.length} the same for seed ${seed}`);
    }
    assert.equal(compiled.programs, 1);
  });

  it('are spread evenly from 0 to 1', async () => {
    const values = [...(await drawn('graph', 1, 2)), ...(await drawn('graph', 1, 3))];
    assert.ok(values.every((value) => value >= 0 && value < 1));
    for (let tenth = 0; tenth < 10; tenth++) {
      const count = values.filter((value) => Math.floor(value * 10) === tenth).length;
      assert.ok(count > 180 && count < 300, `${count} of ${values.length} in tenth ${tenth}`);
    }
  });
});

describe('dropout', () => {
  before(() => startTensorFlow());

  const rate = 0.25;
  /** What is left of ones, and the gradient of 3 · Σ of it. */
  const dropped = (x: tf.Tensor, seed: tf.Tensor1D) => {
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => tf.sum(tf.mul(dropout(x, rate, seed), 3)))(x);
    return { kept: dropout(x, rate, seed), value, grad };
  };
  const program = compile(dropped);
  after(() => program.dispose());

  async function run(mode: 'eager' | 'graph', ...seed: number[]) {
    const [x, fed] = [tf.ones([50, 80]), seedOf(...seed)];
    const found = mode === 'eager' ? tf.tidy(() => dropped(x, fed)) : await program(x, fed);
    const values = { kept: list(found.kept), grad: list(found.grad), value: list(found.value)[0] };
    tf.dispose([x, fed, found]);
    return values;
  }

  it('zeroes a share and scales up what is left', async () => {
    const { kept } = await run('graph', 1, 1);
    const zeros = kept.filter((value) => value === 0).length;
    assert.ok(Math.abs(zeros / kept.length - rate) < 0.03, `${zeros} of ${kept.length}`);
    for (const value of kept) assert.ok(value === 0 || Math.abs(value - 4 / 3) < 1e-6);
  });

  it('passes gradients through what is left alone', async () => {
    for (const mode of ['eager', 'graph'] as const) {
      const { kept, grad, value } = await run(mode, 2, 1);
      assert.deepEqual(
        grad.map((one) => one === 0),
        kept.map((one) => one === 0),
      );
      for (const [i, one] of grad.entries()) assert.ok(Math.abs(one - 3 * kept[i]) < 1e-5);
      const sum = kept.reduce((total, one) => total + one, 0);
      assert.ok(Math.abs(value - 3 * sum) < 1e-4 * value);
    }
  });

  it('follows from the seed, run by run, op by op and compiled', async () => {
    const first = await run('graph', 7, 1);
    const second = await run('graph', 7, 2);
    assert.deepEqual((await run('eager', 7, 1)).kept, first.kept);
    assert.deepEqual((await run('eager', 7, 2)).kept, second.kept);
    assert.deepEqual((await run('graph', 7, 1)).kept, first.kept);
    const differ = first.kept.filter((value, i) => value !== second.kept[i]).length;
    const expected = 2 * rate * (1 - rate) * first.kept.length;
    assert.ok(Math.abs(differ / expected - 1) < 0.1, `${differ}, expected about ${expected}`);
    assert.equal(program.programs, 1);
  });

  it('does nothing at a rate of 0', () => {
    const [x, seed] = [tf.ones([3]), seedOf(1, 1)];
    assert.equal(dropout(x, 0, seed), x);
    tf.dispose([x, seed]);
  });
});
