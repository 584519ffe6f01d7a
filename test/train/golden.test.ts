/**
 * Losses, gradients and 20 optimizer steps against transformers and PyTorch on the same weights and tokens.
 * `test/golden/decoder.json` is made by `scripts/golden/decoder.py`, which states the versions it used.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../../src/data/batches/batch.ts';
import type { Model } from '../../src/model/decoder.ts';
import { disposeParameters, parameterShapes, toParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { meanLoss } from '../../src/train/gradients.ts';
import { batchTensors, rowLosses } from '../../src/train/loss.ts';
import { disposeAdamW, initAdamW } from '../../src/train/optimizer.ts';
import { makePrograms } from '../../src/train/programs.ts';
import { batchOf, encoded, gradientsOf, parkMiller, tinyConfig } from '../support/tiny.ts';

interface Case {
  tied: boolean;
  order: string[];
  tokenLosses: number[];
  gradients: Record<string, { norm: number; first: number[] }>;
  steps: { loss: number; gradientNorm: number }[];
}
const golden: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../golden/decoder.json', import.meta.url), 'utf8'),
);
const ROWS = [
  { length: 13, start: 4 },
  { length: 9, start: 2 },
  { length: 6, start: 5 },
];
const OPTIONS = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.1 };
const CLIP = 0.5;

function modelOf({ tied, order }: Case) {
  const config = { ...tinyConfig, tieEmbeddings: tied };
  const shapes = parameterShapes(config);
  const uniform = parkMiller(7);
  const values = order.map((name): [string, Float32Array] => {
    const count = shapes[name].reduce((product, dim) => product * dim, 1);
    const [centre, width] = shapes[name].length === 1 ? [1, 0.2] : [0, 0.4];
    return [name, Float32Array.from({ length: count }, () => (uniform() - 0.5) * width + centre)];
  });
  return { config, parameters: toParameters(config, Object.fromEntries(values)) };
}

const near = (actual: number, expected: number, relative: number, what: string) =>
  assert.ok(
    Math.abs(actual - expected) <= relative * Math.max(Math.abs(expected), 1e-3),
    `${what}: expected ${expected}, got ${actual}`,
  );

describe('against transformers and PyTorch', () => {
  before(() => startTensorFlow());

  for (const [expected, mode] of golden.cases.flatMap((one) =>
    (['graph', 'eager'] as const).map((mode) => [one, mode] as const),
  )) {
    it(`equals them over 20 steps, embeddings ${expected.tied ? 'tied' : 'not tied'}, ${mode}`, async () => {
      const model = modelOf(expected);
      assert.deepEqual([...expected.order].sort(), Object.keys(model.parameters).sort());
      const optimizer = await initAdamW(model.parameters, mode);
      const settings = { ...OPTIONS, clipNorm: CLIP, dropout: 0, gradientCheckpointing: false, seed: 1 };
      const programs = makePrograms(model, optimizer, { ...settings, mode, precision: 'float32' });
      const uniform = parkMiller(11);
      for (const [i, { loss, gradientNorm }] of expected.steps.entries()) {
        const rows = ROWS.map(({ length, start }) =>
          encoded(
            Array.from({ length }, () => Math.floor(uniform() * tinyConfig.vocabSize)),
            start,
          ),
        );
        // Two micro-batches of unequal size and with padding stand against one document at a time there.
        const batches = [batchOf(rows[0], rows[1]), batchOf(rows[2])];
        if (i === 0) await compareFirst(model, batches, expected);
        const found = await programs.step(batches, 0.01 * Math.min(1, (i + 1) / 5));
        near(meanLoss(found.spans), loss, 1e-5, `step ${i + 1} loss`);
        near(found.norm, gradientNorm, 1e-4, `step ${i + 1} gradient norm`);
      }
      programs.dispose();
      disposeParameters(model.parameters);
      disposeAdamW(optimizer);
    });
  }
});

async function compareFirst(model: Model, batches: Batch[], expected: Case): Promise<void> {
  const losses = batches.flatMap((batch) =>
    tf.tidy(() => [...rowLosses(model, batchTensors(batch, 1)).dataSync()].slice(0, batch.supervisedCount)),
  );
  assert.equal(losses.length, expected.tokenLosses.length);
  for (const [at, value] of losses.entries()) near(value, expected.tokenLosses[at], 1e-5, `token ${at}`);
  const { gradients } = await gradientsOf(model, batches);
  for (const [name, { norm, first }] of Object.entries(expected.gradients)) {
    near(Math.hypot(...gradients[name]), norm, 1e-4, `${name} gradient norm`);
    for (const [at, value] of first.entries())
      near(gradients[name][at], value, 1e-3, `${name} gradient ${at}`);
  }
}
