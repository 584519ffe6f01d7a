/** The decoder sees what it should and nothing else. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { forward, type KeyValue, type KvCache, logits, type Model } from '../../src/model/decoder.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { tinyModel } from '../support/tiny.ts';

/** Logits [batch, seq, vocab] as nested arrays. By default each row is one segment. */
function run(
  model: Model,
  tokens: number[][],
  positions?: number[][],
  segmentIds?: number[][],
  cache?: KvCache,
) {
  return tf.tidy(() => {
    const seq = tokens[0].length;
    const inputs = {
      tokens: tf.tensor2d(tokens, undefined, 'int32'),
      positions: tf.tensor2d(positions ?? tokens.map((row) => row.map((_, i) => i)), undefined, 'int32'),
      segmentIds: tf.tensor2d(segmentIds ?? tokens.map((row) => row.map(() => 0)), undefined, 'int32'),
    };
    const hidden = forward(model, inputs, { cache });
    const rows = logits(model, tf.reshape(hidden, [tokens.length * seq, model.config.dModel]));
    return tf.reshape(rows, [tokens.length, seq, model.config.vocabSize]).arraySync() as number[][][];
  });
}

function difference(a: number[], b: number[]): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])));
}

const SHAPES = [
  { name: 'multi-head attention', nKvHeads: 4, tieEmbeddings: true },
  { name: 'grouped-query attention', nKvHeads: 2, tieEmbeddings: true },
  { name: 'one key head, embeddings not tied', nKvHeads: 1, tieEmbeddings: false },
];

for (const { name, ...shape } of SHAPES) {
  describe(`decoder with ${name}`, () => {
    let model: Model;
    before(async () => {
      await startTensorFlow();
      model = tinyModel(shape);
    });
    after(() => disposeParameters(model.parameters));

    it('changes nothing before a changed token, and everything from it on', () => {
      const [before] = run(model, [[5, 6, 7, 8, 9, 10]]);
      const [after] = run(model, [[5, 6, 7, 50, 9, 10]]);
      for (const at of [0, 1, 2]) assert.ok(difference(before[at], after[at]) < 1e-6, `position ${at}`);
      for (const at of [3, 4, 5]) assert.ok(difference(before[at], after[at]) > 1e-3, `position ${at}`);
    });

    it('knows the order of tokens', () => {
      const [ab] = run(model, [[5, 6, 7]]);
      const [ba] = run(model, [[6, 5, 7]]);
      assert.ok(difference(ab[2], ba[2]) > 1e-3);
    });

    it('keeps documents of one row apart, as if each were alone', () => {
      const [packed] = run(model, [[5, 6, 7, 8, 9]], [[0, 1, 2, 0, 1]], [[0, 0, 0, 1, 1]]);
      const [first] = run(model, [[5, 6, 7]]);
      const [second] = run(model, [[8, 9]]);
      for (const at of [0, 1, 2]) assert.ok(difference(packed[at], first[at]) < 1e-5);
      for (const at of [0, 1]) assert.ok(difference(packed[3 + at], second[at]) < 1e-5);
    });

    it('does not see padding, on either side, and stays finite there', () => {
      const [alone] = run(model, [[5, 6, 7]]);
      const [right] = run(model, [[5, 6, 7, 0, 0]], [[0, 1, 2, 0, 0]], [[0, 0, 0, -1, -1]]);
      const [left] = run(model, [[0, 0, 5, 6, 7]], [[0, 0, 0, 1, 2]], [[-1, -1, 0, 0, 0]]);
      for (const at of [0, 1, 2]) {
        assert.ok(difference(right[at], alone[at]) < 1e-5);
        assert.ok(difference(left[2 + at], alone[at]) < 1e-5);
      }
      assert.ok([...right, ...left].flat().every(Number.isFinite));
    });

    it('gives the same logits with a cache, one token at a time', () => {
      const tokens = [
        [5, 6, 7, 8],
        [9, 4, 3, 2],
      ];
      const whole = run(model, tokens);
      const earlier: KeyValue[] = [];
      let maskInputs: KvCache['maskInputs'] | undefined;
      for (let at = 0; at < 4; at++) {
        const column = tokens.map((row) => [row[at]]);
        const [positions, segmentIds] = [
          [[at], [at]],
          [[0], [0]],
        ];
        const all = (own: number[][], before?: tf.Tensor2D) => {
          const tensor = tf.tensor2d(own, undefined, 'int32');
          return before ? tf.concat([before, tensor], 1) : tensor;
        };
        maskInputs = {
          positions: all(positions, maskInputs?.positions),
          segmentIds: all(segmentIds, maskInputs?.segmentIds),
        };
        const cache: KvCache = {
          maskInputs,
          extend(layer, key, value) {
            const before = earlier[layer];
            const join = (a: tf.Tensor4D, b: tf.Tensor4D) => tf.keep(tf.concat([a, b], 2));
            const kept = before
              ? { key: join(before.key, key), value: join(before.value, value) }
              : { key: tf.keep(tf.clone(key)), value: tf.keep(tf.clone(value)) };
            earlier[layer] = kept;
            return kept;
          },
        };
        const stepped = run(model, column, positions, segmentIds, cache);
        for (const row of [0, 1])
          assert.ok(difference(stepped[row][0], whole[row][at]) < 1e-5, `${row}, ${at}`);
      }
    });
  });
}
