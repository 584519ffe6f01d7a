/**
 * Losses, gradients and 20 optimizer steps against transformers and PyTorch on the same weights and tokens.
 * `test/golden/decoder.json` is made by `scripts/golden/decoder.py`, which states the versions it used.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { disposeParameters, parameterShapes, toParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { gradientsOf, meanLoss } from '../../src/train/gradients.ts';
import { tokenLosses } from '../../src/train/loss.ts';
import { applyAdamW, disposeAdamW, initAdamW } from '../../src/train/optimizer.ts';
import { batchOf, encoded, parkMiller, tinyConfig } from '../support/tiny.ts';

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

  for (const expected of golden.cases) {
    it(`equals them over 20 steps, embeddings ${expected.tied ? 'tied' : 'not tied'}`, async () => {
      const model = modelOf(expected);
      assert.deepEqual([...expected.order].sort(), Object.keys(model.parameters).sort());
      const state = initAdamW(model.parameters);
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
        const found = await gradientsOf(model, batches);
        near(meanLoss(found.spans), loss, 1e-5, `step ${i + 1} loss`);
        near(found.norm, gradientNorm, 1e-4, `step ${i + 1} gradient norm`);
        if (i === 0) {
          const losses = [
            ...(await tokenLosses(model, batches[0]).data()),
            ...(await tokenLosses(model, batches[1]).data()),
          ];
          for (const [at, value] of losses.entries())
            near(value, expected.tokenLosses[at], 1e-5, `token ${at}`);
          for (const [name, { norm, first }] of Object.entries(expected.gradients)) {
            const values = await found.gradients[name].data();
            near(Math.hypot(...values), norm, 1e-4, `${name} gradient norm`);
            for (const [at, value] of first.entries())
              near(values[at], value, 1e-3, `${name} gradient ${at}`);
          }
        }
        const rate = 0.01 * Math.min(1, (i + 1) / 5);
        applyAdamW(
          model.parameters,
          found.gradients,
          state,
          rate,
          Math.min(1, CLIP / (found.norm + 1e-6)),
          OPTIONS,
        );
        for (const gradient of Object.values(found.gradients)) gradient.dispose();
      }
      disposeParameters(model.parameters);
      disposeAdamW(state);
    });
  }
});
