/** Training compiled and op by op: the same losses, norms and parameters, step by step. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import type { Mode } from '../../src/compile/index.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { emptySums, meanLoss } from '../../src/train/gradients.ts';
import { disposeAdamW, initAdamW } from '../../src/train/optimizer.ts';
import { makePrograms, type ProgramOptions } from '../../src/train/programs.ts';
import { batchOf, encoded, packedOf, tinyModel } from '../support/tiny.ts';

const STEPS = 50;
const A = encoded([5, 6, 7, 8, 9, 10, 0], 3, 'a');
const B = encoded([11, 12, 13, 0], 1, 'b');
const C = encoded([20, 21, 22, 23, 24, 25, 26, 27, 28, 0], 9, 'c');

const base: ProgramOptions = {
  beta1: 0.9,
  beta2: 0.95,
  epsilon: 1e-8,
  weightDecay: 0.1,
  clipNorm: 1,
  dropout: 0,
  gradientCheckpointing: false,
  seed: 3,
  mode: 'graph',
  precision: 'float32',
};

interface Training {
  losses: number[];
  norms: number[];
  validation: number;
  parameters: Record<string, number[]>;
}

/** Steps of one batch each, or of several micro-batches. */
async function trained(
  mode: Mode,
  options: Partial<ProgramOptions>,
  microBatches: number,
): Promise<Training> {
  const model = tinyModel();
  const optimizer = await initAdamW(model.parameters, mode);
  const programs = makePrograms(model, optimizer, { ...base, ...options, mode });
  const found: Training = { losses: [], norms: [], validation: 0, parameters: {} };
  for (let step = 0; step < STEPS; step++) {
    const batches = microBatches === 1 ? [packedOf(A, B, C)] : [batchOf(A, B), batchOf(C)];
    const { spans, norm } = await programs.step(batches, 0.003);
    found.losses.push(meanLoss(spans));
    found.norms.push(norm);
  }
  assert.equal(optimizer.step, STEPS);
  const sums = emptySums();
  await programs.evaluate(batchOf(A, B), sums);
  found.validation = meanLoss(sums);
  for (const [name, parameter] of Object.entries(model.parameters))
    found.parameters[name] = [...parameter.dataSync()];
  programs.dispose();
  disposeParameters(model.parameters);
  disposeAdamW(optimizer);
  return found;
}

const near = (actual: number, expected: number, relative: number, what: string) =>
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(Math.abs(expected), 0.1),
    `${what}: ${expected} op by op, ${actual} compiled`,
  );

describe('training compiled', () => {
  before(() => startTensorFlow());

  const CASES: [string, Partial<ProgramOptions>, number][] = [
    ['plainly', {}, 1],
    ['with dropout', { dropout: 0.2 }, 1],
    ['with gradient accumulation', {}, 2],
    ['with gradient checkpointing and dropout', { gradientCheckpointing: true, dropout: 0.2 }, 1],
    ['with everything', { gradientCheckpointing: true, dropout: 0.1, clipNorm: 0 }, 2],
  ];
  for (const [what, options, microBatches] of CASES) {
    it(`equals op by op over ${STEPS} steps, ${what}`, async () => {
      const before = tf.memory().numTensors;
      const eager = await trained('eager', options, microBatches);
      const graph = await trained('graph', options, microBatches);
      assert.equal(tf.memory().numTensors, before);
      for (const [step, loss] of eager.losses.entries()) {
        near(graph.losses[step], loss, 1e-5, `loss of step ${step + 1}`);
        near(graph.norms[step], eager.norms[step], 1e-3, `norm of step ${step + 1}`);
      }
      near(graph.validation, eager.validation, 1e-5, 'validation');
      for (const [name, values] of Object.entries(eager.parameters)) {
        const scale = Math.max(...values.map(Math.abs));
        const worst = Math.max(...values.map((value, i) => Math.abs(value - graph.parameters[name][i])));
        assert.ok(worst < 1e-3 * scale, `${name}: ${worst} of ${scale}`);
      }
      assert.ok(eager.losses[STEPS - 1] < 0.7 * eager.losses[0], 'the loss falls');
    });
  }

  it('drops out something else in each step, and with each seed', async () => {
    const model = tinyModel();
    const losses = async (seed: number, learningRate: number) => {
      const optimizer = await initAdamW(model.parameters);
      const programs = makePrograms(model, optimizer, { ...base, dropout: 0.3, seed });
      const found: number[] = [];
      for (let step = 0; step < 4; step++)
        found.push(meanLoss((await programs.step([batchOf(A, B)], learningRate)).spans));
      programs.dispose();
      disposeAdamW(optimizer);
      return found;
    };
    // At a rate of 0 nothing is learned: what differs is what is dropped.
    const first = await losses(1, 0);
    assert.equal(new Set(first).size, 4);
    assert.deepEqual(await losses(1, 0), first);
    for (const loss of await losses(2, 0)) assert.ok(!first.includes(loss));
    disposeParameters(model.parameters);
  });

  for (const mode of ['graph', 'eager'] as const) {
    it(`changes nothing where the gradient is not finite, and goes on afterwards (${mode})`, async () => {
      const model = tinyModel();
      const optimizer = await initAdamW(model.parameters, mode);
      const programs = makePrograms(model, optimizer, { ...base, mode });
      await programs.step([batchOf(A)], 0.01);
      const norm = model.parameters['model.norm.weight'];
      const good = await norm.data();
      const values = () =>
        Object.values(model.parameters).map((parameter) => [...parameter.dataSync()].map(String));
      tf.tidy(() => norm.assign(tf.fill(norm.shape, Number.NaN)));
      const before = values();
      const moments = [...optimizer.moments['model.norm.weight'].m.dataSync()];
      assert.ok(Number.isNaN((await programs.step([batchOf(A)], 0.01)).norm));
      assert.deepEqual(values(), before);
      assert.deepEqual([...optimizer.moments['model.norm.weight'].m.dataSync()], moments);
      assert.equal(optimizer.step, 1);
      tf.tidy(() => norm.assign(tf.tensor(good)));
      assert.ok(Number.isFinite((await programs.step([batchOf(A)], 0.01)).norm));
      assert.notDeepEqual(values(), before);
      assert.equal(optimizer.step, 2);
      programs.dispose();
      disposeParameters(model.parameters);
      disposeAdamW(optimizer);
    });
  }
});
