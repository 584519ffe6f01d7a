import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/compile/index.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { type AdamWRates, applyAdamW, disposeAdamW, initAdamW, ratesAt } from '../../src/train/optimizer.ts';
import { learningRateAt } from '../../src/train/schedule.ts';

const options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

describe('AdamW', () => {
  before(() => startTensorFlow());

  /** A 1 × 2 matrix and a vector of 2, all ones, after one update with gradient (2, −3). */
  async function updated(
    change: Partial<typeof options>,
    mode: 'graph' | 'eager',
    names = ['matrix', 'vector'],
  ) {
    const variable = (shape: number[]) => tf.tidy(() => tf.variable(tf.ones(shape)));
    const all: Record<string, tf.Variable> = { matrix: variable([1, 2]), vector: variable([2]) };
    const parameters = Object.fromEntries(names.map((name) => [name, all[name]]));
    const state = await initAdamW(parameters, mode);
    const rates = ratesAt(1, 0.1, { ...options, ...change });
    const update = compile(
      (gradients: Record<string, tf.Tensor>, rates: AdamWRates) =>
        applyAdamW(parameters, gradients, state, rates, { ...options, ...change }),
      { mode },
    );
    await update({ matrix: tf.tensor2d([[2, -3]]), vector: tf.tensor1d([2, -3]) }, rates);
    update.dispose();
    const values = Object.fromEntries(names.map((name) => [name, [...all[name].dataSync()]]));
    const moments = [...state.moments.matrix.m.dataSync()];
    disposeAdamW(state);
    tf.dispose(all);
    return { ...values, moments } as Record<string, number[]>;
  }
  const near = (actual: number[], expected: number[]) =>
    assert.ok(
      actual.every((value, i) => Math.abs(value - expected[i]) < 1e-6),
      `${actual} is not ${expected}`,
    );

  for (const mode of ['graph', 'eager'] as const) {
    it(`first moves by the learning rate against the sign of the gradient (${mode})`, async () => {
      const { matrix, vector, moments } = await updated({}, mode);
      near(matrix, [0.9, 1.1]);
      near(vector, [0.9, 1.1]);
      near(moments, [0.2, -0.3]);
    });

    it(`decays matrices and leaves vectors alone (${mode})`, async () => {
      const { matrix, vector } = await updated({ weightDecay: 0.5 }, mode);
      near(matrix, [0.85, 1.05]);
      near(vector, [0.9, 1.1]);
    });

    it(`keys its state by name, whatever the order (${mode})`, async () => {
      near((await updated({ weightDecay: 0.5 }, mode, ['vector', 'matrix'])).matrix, [0.85, 1.05]);
    });
  }
});

describe('learningRateAt', () => {
  const base = { learningRate: 2, warmupSteps: 4, finalLearningRateRatio: 0.1 };
  const rates = (schedule: 'linear' | 'cosine' | 'constant', steps = 12) =>
    Array.from({ length: steps }, (_, i) => learningRateAt(i + 1, steps, { ...base, schedule }));

  it('warms up in equal parts to the full rate', () => {
    for (const schedule of ['linear', 'cosine', 'constant'] as const) {
      assert.deepEqual(rates(schedule).slice(0, 5), [0.5, 1, 1.5, 2, 2]);
    }
  });

  it('falls on a straight line to its floor, which it would reach behind the last step', () => {
    const linear = rates('linear');
    for (let i = 5; i < 12; i++) assert.ok(Math.abs(linear[i - 1] - linear[i] - (2 * 0.9) / 8) < 1e-12);
    assert.ok(Math.abs(linear[11] - (0.2 + (2 * 0.9) / 8)) < 1e-12);
  });

  it('falls on a cosine: half way down in the middle, slow at both ends', () => {
    const cosine = rates('cosine');
    assert.ok(Math.abs(cosine[8] - (2 + 0.2) / 2) < 1e-12);
    assert.ok(cosine[4] - cosine[5] < cosine[7] - cosine[8]);
    assert.ok(cosine.slice(5).every((rate, i) => rate < cosine[4 + i]));
  });

  it('stays where it is', () =>
    assert.ok(
      rates('constant')
        .slice(4)
        .every((rate) => rate === 2),
    ));
  it('needs no warm-up', () => {
    assert.equal(learningRateAt(1, 10, { ...base, warmupSteps: 0, schedule: 'linear' }), 2);
  });
});
