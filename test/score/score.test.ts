import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { forward, logits, type Model } from '../../src/model/decoder.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { score } from '../../src/score/score.ts';
import { tinyModel } from '../support/tiny.ts';

/** log softmax of all logits, at the token that follows. */
function reference({ config, parameters }: Model, ids: number[]): number[] {
  return tf.tidy(() => {
    const row = (values: number[]) => tf.tensor2d([values], [1, ids.length], 'int32');
    const inputs = { tokens: row(ids), positions: row([...ids.keys()]), segmentIds: row(ids.map(() => 0)) };
    const hidden = tf.reshape(forward({ config, parameters }, inputs), [ids.length, -1]) as tf.Tensor2D;
    const all = tf.logSoftmax(logits({ config, parameters }, hidden)).arraySync() as number[][];
    return ids.slice(1).map((id, i) => all[i][id]);
  });
}

describe('score', () => {
  let model: Model;
  before(async () => {
    await startTensorFlow();
    model = tinyModel({}, 0.7);
  });
  after(() => disposeParameters(model.parameters));

  const texts = [
    [5, 9, 60, 3, 3, 8],
    [7],
    [1, 2],
    Array.from({ length: 32 }, (_, i) => (i * 7) % 61),
    [9, 9, 9],
  ];

  it('refuses a model that gives no numbers', async () => {
    // Its rotary positions turn by infinity.
    const broken = { ...model, config: { ...model.config, ropeTheta: 1e-300 } };
    await assert.rejects(
      score({ model: broken, mode: 'graph', precision: 'float32' }, texts),
      /model: expected numbers as log-probabilities, got NaN/,
    );
  });

  for (const mode of ['graph', 'eager'] as const) {
    it(`gives the log-probability of each next token, whatever the batch (${mode})`, async () => {
      for (const batchSize of [1, 2, 8]) {
        const found = await score({ model, mode, precision: 'float32' }, texts, { batchSize });
        for (const [i, ids] of texts.entries()) {
          const expected = reference(model, ids);
          assert.equal(found[i].length, ids.length - 1);
          for (const [at, value] of expected.entries()) {
            assert.ok(
              Math.abs(found[i][at] - value) < 1e-4,
              `text ${i} token ${at + 1}: ${found[i][at]} ${value}`,
            );
          }
        }
      }
    });
  }

  it('leaves no tensor behind', async () => {
    const run = () => score({ model, mode: 'graph', precision: 'float32' }, texts);
    await run();
    const before = tf.memory().numTensors;
    await run();
    assert.equal(tf.memory().numTensors, before);
  });

  const bad: [string, number[], RegExp][] = [
    ['no token', [], /text 2: expected 1 to 32 tokens, as the model can read, got 0/],
    ['too many', new Array(33).fill(1), /text 2: expected 1 to 32 tokens.* got 33/],
    ['an id beyond the vocabulary', [1, 61], /text 2: expected ids from 0 to 60, got 61/],
    ['half an id', [1.5], /expected ids from 0 to 60, got 1\.5/],
  ];
  for (const [what, ids, message] of bad) {
    it(`refuses ${what}`, () =>
      assert.rejects(score({ model, mode: 'eager', precision: 'float32' }, [[1, 2], ids]), message));
  }
});
