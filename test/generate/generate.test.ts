/** Sampling, and decoding in batches. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { decode as continuePrompts, type DecodeOptions } from '../../src/generate/decode.ts';
import { makeDecoder } from '../../src/generate/decoder.ts';
import { argmax, sampleToken } from '../../src/generate/sample.ts';
import { forward, logits, type Model } from '../../src/model/decoder.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { batchOf, encoded, parkMiller, tinyModel } from '../support/tiny.ts';

describe('sampleToken', () => {
  const logits = Float32Array.of(1, 3, 2, -5);
  const shares = (options: Partial<Parameters<typeof sampleToken>[1]>, count = 20000) => {
    const random = parkMiller(3);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      counts[sampleToken(logits, { temperature: 1, topK: 0, topP: 1, ...options }, random)] += 1 / count;
    }
    return counts;
  };
  const near = (actual: number[], expected: number[]) =>
    assert.ok(
      actual.every((share, i) => Math.abs(share - expected[i]) < 0.015),
      `${actual}`,
    );
  const softmax = (values: number[]) => {
    const weights = values.map(Math.exp);
    return weights.map((weight) => weight / weights.reduce((a, b) => a + b));
  };

  it('takes the likeliest at temperature 0, the first of equals', () => {
    assert.deepEqual(shares({ temperature: 0 }, 10).map(Math.round), [0, 1, 0, 0]);
    assert.equal(
      sampleToken(Float32Array.of(1, 2, 2), { temperature: 0, topK: 0, topP: 1 }, () => 0.9),
      1,
    );
  });
  it('follows the softmax, sharper or flatter by temperature', () => {
    near(shares({}), softmax([1, 3, 2, -5]));
    near(shares({ temperature: 2 }), softmax([0.5, 1.5, 1, -2.5]));
  });
  it('takes only the K likeliest', () => {
    const [a, b] = softmax([3, 2]);
    near(shares({ topK: 2 }), [0, a, b, 0]);
    near(shares({ topK: 1 }), [0, 1, 0, 0]);
  });
  it('takes only the likeliest that reach the mass, at least one', () => {
    const [a, b] = softmax([3, 2]);
    near(shares({ topP: 0.8 }), [0, a, b, 0]);
    near(shares({ topP: 0.01 }), [0, 1, 0, 0]);
  });
  it('does not overflow', () => {
    const huge = Float32Array.of(1000, 999);
    assert.equal(
      sampleToken(huge, { temperature: 1, topK: 0, topP: 1 }, () => 0.1),
      0,
    );
  });
});

for (const mode of ['graph', 'eager'] as const) {
  describe(`decode, ${mode}`, () => {
    let model: Model;
    before(async () => {
      await startTensorFlow();
      model = tinyModel({ eosId: 60 });
    });
    after(() => disposeParameters(model.parameters));
    const decode = async (model: Model, prompts: number[][], options: DecodeOptions) => {
      const decoder = makeDecoder(model, { mode, precision: 'float32' });
      try {
        return await continuePrompts(decoder, prompts, options);
      } finally {
        decoder.dispose();
      }
    };
    const prompts = [[5, 6, 7], [9], [20, 21, 22, 23, 24, 25]];
    const greedy = { temperature: 0, topK: 0, topP: 1, maxNewTokens: 12, seed: 1 };

    it('writes for each prompt of a batch what it writes for it alone', async () => {
      const together = await decode(model, prompts, greedy);
      for (const [i, prompt] of prompts.entries()) {
        assert.deepEqual(together[i], (await decode(model, [prompt], greedy))[0]);
      }
      assert.ok(new Set(together.map(({ ids }) => ids.join())).size > 1);
    });

    it('writes what the model finds likeliest when it reads the whole text anew each time', async () => {
      const [{ ids }] = await decode(model, [prompts[2]], greedy);
      const text = [...prompts[2]];
      for (const id of ids) {
        const batch = batchOf(encoded([...text, 0], 0));
        const shape: [number, number] = [1, batch.seq];
        const values = tf.tidy(() => {
          const tensor = (array: Int32Array) => tf.tensor2d(array, shape, 'int32');
          const { tokens, positions, documents } = batch;
          const inputs = {
            tokens: tensor(tokens),
            positions: tensor(positions),
            segmentIds: tensor(documents),
          };
          const rows = tf.reshape(forward(model, inputs), [batch.seq, model.config.dModel]);
          return logits(model, tf.slice(rows, [text.length - 1, 0], [1, -1]) as tf.Tensor2D).dataSync();
        });
        assert.equal(id, argmax(values as Float32Array));
        text.push(id);
      }
    });

    it('samples the same for the same seed and row, whatever its neighbours, and else differently', async () => {
      const sampling = { ...greedy, temperature: 1.5 };
      const together = await decode(model, prompts, sampling);
      assert.deepEqual(await decode(model, prompts, sampling), together);
      const alone = await decode(model, [prompts[2]], { ...sampling, firstRow: 2 });
      assert.deepEqual(alone[0], together[2]);
      assert.notDeepEqual(await decode(model, prompts, { ...sampling, seed: 2 }), together);
    });

    it('ends at the end token, which it leaves out', async () => {
      const [{ ids }] = await decode(model, [prompts[0]], greedy);
      const eosId = ids[4];
      const first = ids.indexOf(eosId);
      const ending = { ...model, config: { ...model.config, eosId } };
      const seen: number[] = [];
      const [ended] = await decode(ending, [prompts[0]], { ...greedy, onToken: (id) => seen.push(id) });
      assert.deepEqual(ended, { ids: ids.slice(0, first), stopped: 'end' });
      assert.deepEqual(seen, ended.ids);
    });

    it('refuses tokens outside of the vocabulary, and a model that gives no numbers', async () => {
      await assert.rejects(
        decode(model, [[5], [5, 61]], greedy),
        /prompt: expected tokens from 0 to 60, as vocab_size in config\.json says, got 61; use the tokenizer/,
      );
      // Its rotary positions turn by infinity.
      const broken = { ...model, config: { ...model.config, ropeTheta: 1e-300 } };
      for (const temperature of [0, 1]) {
        const options = { ...greedy, temperature };
        await assert.rejects(decode(broken, prompts, options), /model: expected numbers as logits, got NaN/);
      }
    });

    it('stops where the model can read no further, and refuses a prompt that leaves no room', async () => {
      const [long] = await decode(model, [prompts[0]], { ...greedy, maxNewTokens: 1000 });
      assert.deepEqual([long.ids.length, long.stopped], [model.config.maxSeqLen - 3, 'length']);
      const tooLong = Array.from({ length: 32 }, () => 5);
      await assert.rejects(decode(model, [tooLong], greedy), /prompt: expected fewer than 32 tokens.*got 32/);
    });
  });
}
