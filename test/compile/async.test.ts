/** Runs leave the main thread free, and leak nothing. */
import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as tf from '@tensorflow/tfjs-core';
import { compile, profile } from '../../src/compile/index.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { list, variableOf } from '../support/tensors.ts';

/** What JavaScript no longer needs is freed at once. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}

describe('runs', () => {
  before(() => startTensorFlow());

  it('leave the main thread free', async () => {
    const size = 700;
    const program = compile((x: tf.Tensor, times: tf.Tensor) => {
      let y = x;
      for (let i = 0; i < 60; i++) y = tf.mul(tf.matMul(y, x), times);
      return tf.sum(y);
    });
    const [x, times] = [tf.fill([size, size], 1), tf.scalar(1 / size)];
    const warm = await program(x, times);
    let runs = 0;
    let longest = 0;
    let last = performance.now();
    const tick = () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    };
    const timer = setInterval(tick, 10);
    const started = performance.now();
    while (performance.now() - started < 1000) {
      const found = await program(x, times);
      found.dispose();
      runs++;
    }
    clearInterval(timer);
    tick();
    const took = performance.now() - started;
    const computed = runs * 60 * 2 * size ** 3;
    const first = list(warm)[0];
    // Before what can fail on a busy machine: a program left in the graph makes all later tests slower.
    program.dispose();
    tf.dispose([x, times, warm]);
    assert.ok(computed > 1e9, `${computed} operations in ${took} ms`);
    assert.ok(longest < 100, `no timer for ${longest} ms`);
    assert.ok(Math.abs(first / size ** 2 - 1) < 1e-3);
  });

  it('leave nothing behind', async () => {
    const state = variableOf(new Array(100000).fill(0));
    const program = compile((x: tf.Tensor) => {
      state.assign(tf.add(state, x));
      return { mean: tf.mean(state), all: tf.mul(state, 2) };
    });
    const run = async () => {
      const x = tf.tidy(() => tf.fill([100000], 1));
      const found = await program(x);
      const [mean] = await found.mean.data();
      tf.dispose([x, found]);
      return mean;
    };
    for (let i = 0; i < 50; i++) await run();
    const { numTensors, numBytes } = tf.memory();
    collectGarbage();
    const before = process.memoryUsage().rss;
    let mean = 0;
    for (let i = 0; i < 300; i++) mean = await run();
    assert.equal(mean, 350);
    assert.deepEqual([tf.memory().numTensors, tf.memory().numBytes], [numTensors, numBytes]);
    // One of the arrays kept a run would be 120 MB.
    collectGarbage();
    const grown = (process.memoryUsage().rss - before) / 2 ** 20;
    assert.ok(grown < 40, `${grown} MB`);
    program.dispose();
    state.dispose();
  });

  it('are accounted for by type of op when asked, and only then', async () => {
    const program = compile((x: tf.Tensor2D) => tf.matMul(tf.matMul(x, x), tf.exp(x)) as tf.Tensor);
    const x = tf.fill([64, 64], 0.01) as tf.Tensor2D;
    const run = async () => (await program(x)).dispose();
    const profiles = await profile(async () => {
      for (let i = 0; i < 3; i++) await run();
    });
    const counts = Object.fromEntries(profiles.map(({ type, count }) => [type, count]));
    assert.deepEqual([counts.MatMul, counts.Exp], [6, 3]);
    assert.ok(profiles.every(({ milliseconds }) => milliseconds >= 0));
    await run();
    const none = await profile(async () => {});
    assert.deepEqual(none, []);
    program.dispose();
    x.dispose();
  });
});
