/**
 * Small models of every architecture against transformers: logits within 1e-4, gradients, and the same 64 tokens. The
 * golden file is made by `scripts/golden/architectures.py`, which states the versions it used.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { decode } from '../../src/generate/decode.ts';
import { makeDecoder } from '../../src/generate/decoder.ts';
import { fromHuggingFace, toHuggingFace } from '../../src/model/architectures/huggingFace.ts';
import { forward, logits, type Model } from '../../src/model/decoder.ts';
import { disposeParameters, parameterShapes, toParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { batchOf, encoded, gradientsOf, parkMiller } from '../support/tiny.ts';

interface Case {
  name: string;
  config: Record<string, unknown>;
  shapes: Record<string, number[]>;
  /** Norms, for the mean loss of the second prompt. */
  gradients: Record<string, number>;
  prompts: { ids: number[]; logits: number[]; greedy: number[] }[];
}
const golden: { cases: Case[] } = JSON.parse(
  readFileSync(new URL('../golden/architectures.json', import.meta.url), 'utf8'),
);

/** No token ends a text: transformers was not stopped either. */
const NEVER = -1;

function modelOf({ config: json, shapes }: Case): Model {
  const config = { ...fromHuggingFace(json, 'config.json'), eosId: NEVER, padId: 0 };
  const uniform = parkMiller(7);
  const values = Object.entries(shapes).map(([name, shape]): [string, Float32Array] => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    const [centre, width] = name.endsWith('norm.weight') ? [1, 0.4] : [0, 0.8];
    return [name, Float32Array.from({ length: count }, () => (uniform() - 0.5) * width + centre)];
  });
  return { config, parameters: toParameters(config, Object.fromEntries(values)) };
}

/** Logits [vocabSize] behind the last token, without a cache. */
function lastLogits(model: Model, ids: number[]): Float32Array {
  return tf.tidy(() => {
    const row = (values: number[]) => tf.tensor2d([values], [1, ids.length], 'int32');
    const inputs = { tokens: row(ids), positions: row([...ids.keys()]), segmentIds: row(ids.map(() => 0)) };
    const hidden = forward(model, inputs);
    const last = tf.slice(hidden, [0, ids.length - 1, 0], [1, 1, model.config.dModel]);
    return logits(model, tf.reshape(last, [1, -1])).dataSync<'float32'>();
  });
}

describe('architectures against transformers', () => {
  before(() => startTensorFlow());

  for (const one of golden.cases) {
    describe(one.name, () => {
      let model: Model;
      before(() => {
        model = modelOf(one);
      });
      after(() => disposeParameters(model.parameters));

      it('has parameters of the same names and shapes', () => {
        const ours = Object.entries(parameterShapes(model.config)).sort(([a], [b]) => (a < b ? -1 : 1));
        assert.deepEqual(Object.fromEntries(ours), one.shapes);
      });

      it('is written as it was read', () => {
        const config = fromHuggingFace(one.config, 'config.json');
        assert.deepEqual(fromHuggingFace(toHuggingFace(config), 'config.json'), config);
      });

      it('gives the same logits, and without a cache the same text', () => {
        for (const { ids, logits: expected } of one.prompts) {
          const got = lastLogits(model, ids);
          for (const [i, value] of expected.entries()) {
            assert.ok(Math.abs(got[i] - value) < 1e-4, `logit ${i}: expected ${value}, got ${got[i]}`);
          }
        }
        // Token after token, each with all of the text anew.
        const [{ ids, greedy }] = one.prompts;
        const text = [...ids];
        for (const expected of greedy) {
          const next = lastLogits(model, text);
          const likeliest = next.indexOf(Math.max(...next));
          assert.equal(likeliest, expected, `token ${text.length}`);
          text.push(likeliest);
        }
      });

      it('has the same gradients', async () => {
        const { ids } = one.prompts[1];
        const { gradients } = await gradientsOf(model, [batchOf(encoded(ids, 1))]);
        for (const [name, norm] of Object.entries(one.gradients)) {
          const got = Math.hypot(...gradients[name]);
          assert.ok(Math.abs(got - norm) < 1e-4 * norm + 1e-6, `${name}: expected ${norm}, got ${got}`);
        }
      });

      for (const mode of ['graph', 'eager'] as const) {
        it(`writes the same text with a cache, in a batch and alone (${mode})`, async () => {
          const decoder = makeDecoder(model, { mode, precision: 'float32' });
          const write = async (prompts: number[][]) => {
            const options = { maxNewTokens: 64, temperature: 0, topP: 1, topK: 0, seed: 1 };
            return (await decode(decoder, prompts, options)).map(({ ids }) => ids);
          };
          const prompts = one.prompts.map(({ ids }) => ids);
          const expected = one.prompts.map(({ greedy }) => greedy);
          assert.deepEqual(await write(prompts), expected);
          if (mode === 'graph') assert.deepEqual(await write([prompts[1]]), [expected[1]]);
          decoder.dispose();
        });
      }
    });
  }
});
