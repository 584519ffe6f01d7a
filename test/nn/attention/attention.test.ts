/** Attention by query tiles and by blocks against the plain formula over everything at once. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../../src/compile/index.ts';
import { makeAttention } from '../../../src/nn/attention/attention.ts';
import type { MaskInputs } from '../../../src/nn/attention/mask.ts';
import { deviceTuning, type TileSizes } from '../../../src/nn/tuning.ts';
import { startTensorFlow } from '../../../src/runtime/start.ts';
import { assertSame, list, wave } from '../../support/tensors.ts';

type Three = [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];

/** softmax(query · keyᵀ) · value, with masked scores of −10⁹, in tfjs's own ops. */
function reference(maskInputs: MaskInputs, window: number, ...[query, key, value]: Three): tf.Tensor {
  const group = query.shape[1] / key.shape[1];
  const heads = Array.from({ length: query.shape[1] }, (_, i) => Math.floor(i / group));
  const spread = (x: tf.Tensor4D) => tf.gather(x, tf.tensor1d(heads, 'int32'), 1);
  const { positions, segmentIds } = maskInputs;
  const same = tf.equal(tf.expandDims(segmentIds, 2), tf.expandDims(segmentIds, 1));
  const past = tf.greaterEqual(tf.expandDims(positions, 2), tf.expandDims(positions, 1));
  const near = tf.less(tf.sub(tf.expandDims(positions, 2), tf.expandDims(positions, 1)), window);
  const seen = tf.logicalAnd(tf.logicalAnd(same, past), near);
  const hidden = tf.mul(tf.expandDims(tf.cast(tf.logicalNot(seen), 'float32'), 1), -1e9);
  const scores = tf.add(tf.matMul(query, spread(key), false, true), hidden);
  return tf.matMul(tf.softmax(scores), spread(value));
}

/** Rows of segments of these lengths, and padding. */
function maskInputsOf(seq: number, rows: number[][]): MaskInputs {
  const positions = rows.map((lengths) => {
    const all = lengths.flatMap((length) => Array.from({ length }, (_, i) => i));
    return [...all, ...new Array(seq - all.length).fill(0).map((_, i) => i)];
  });
  const segmentIds = rows.map((lengths) => {
    const numbers = lengths.flatMap((length, segment) => new Array(length).fill(segment));
    return [...numbers, ...new Array(seq - numbers.length).fill(-1)];
  });
  return {
    positions: tf.tensor2d(positions, [rows.length, seq], 'int32'),
    segmentIds: tf.tensor2d(segmentIds, [rows.length, seq], 'int32'),
  };
}

/** Tiles or blocks of `size` tokens, however short the sequence. */
function tuningOf(way: 'blocks' | 'tiles', size: number) {
  const tuning = deviceTuning();
  const sizes: Partial<TileSizes> =
    way === 'blocks'
      ? { attentionBlockTokens: size }
      : { attentionQueries: size, attentionBlockTokens: Infinity };
  return { ...tuning, tileSizes: { ...tuning.tileSizes, ...sizes } };
}

describe('attention', () => {
  before(() => startTensorFlow());

  const CASES = [
    { what: 'a multiple of the block', seq: 16, block: 4, heads: [4, 2], rows: [[16], [16]] },
    { what: 'one more than a multiple', seq: 17, block: 4, heads: [2, 2], rows: [[17]] },
    { what: 'one less than a multiple', seq: 15, block: 4, heads: [4, 1], rows: [[15]] },
    { what: 'two blocks', seq: 10, block: 5, heads: [2, 1], rows: [[10], [10]] },
    {
      what: 'packed segments and padding',
      seq: 19,
      block: 4,
      heads: [4, 2],
      rows: [
        [3, 9, 7],
        [5, 6, 1],
      ],
    },
    { what: 'segments that end with blocks', seq: 12, block: 3, heads: [2, 2], rows: [[3, 6, 3]] },
    { what: 'blocks of one', seq: 5, block: 1, heads: [2, 1], rows: [[2, 3]] },
    { what: 'one block alone', seq: 7, block: 4, heads: [4, 2], rows: [[4, 3]] },
    { what: 'a window shorter than a block', seq: 19, block: 4, heads: [4, 2], rows: [[3, 9, 7]], window: 2 },
    {
      what: 'a window longer than a block',
      seq: 16,
      block: 3,
      heads: [2, 1],
      rows: [[16], [2, 9]],
      window: 5,
    },
  ];
  for (const { what, seq, block, heads, rows, window } of CASES) {
    for (const [way, mode] of [
      ['blocks', 'eager'],
      ['blocks', 'graph'],
      ['tiles', 'eager'],
      ['tiles', 'graph'],
    ] as const) {
      it(`by ${way} of ${block} over ${seq}, ${what}, equals the plain formula (${mode})`, async () => {
        const maskInputs = maskInputsOf(seq, rows);
        const [nHeads, nKvHeads] = heads;
        const shape = (count: number) => [rows.length, count, seq, 8];
        // Scores of different sizes, so that the running maximum moves from block to block.
        const query = tf.tidy(() => tf.mul(wave(shape(nHeads)), 3));
        const inputs = [query, wave(shape(nKvHeads), 1), wave(shape(nKvHeads), 2)] as Three;
        const weight = wave([rows.length, seq, nHeads, 8], 3);
        const all = (attend: (...inputs: Three) => tf.Tensor, inputs: tf.Tensor[]) => {
          const loss = (...inputs: tf.Tensor[]) => tf.sum(tf.mul(attend(...(inputs as Three)), weight));
          return [attend(...(inputs as Three)), ...tf.grads(loss)(inputs)];
        };
        const program = compile(
          (given: { positions: tf.Tensor; segmentIds: tf.Tensor }, ...inputs: tf.Tensor[]) => {
            const maskInputs = given as MaskInputs;
            return all(makeAttention(maskInputs, maskInputs, window ?? null, tuningOf(way, block)), inputs);
          },
          { mode },
        );
        const found = await program({ ...maskInputs }, ...inputs);
        const expected = tf.tidy(() =>
          all(
            (...inputs) => tf.transpose(reference(maskInputs, window ?? Infinity, ...inputs), [0, 2, 1, 3]),
            inputs,
          ),
        );
        for (const [i, tensor] of expected.entries()) assertSame(found[i], tensor, 3e-5);
        program.dispose();
        tf.dispose([found, expected, inputs, weight, { ...maskInputs }]);
      });
    }
  }

  for (const [way, size] of [
    ['blocks', 4],
    ['tiles', 5],
  ] as const) {
    it(`by ${way} shows no query a later key or another segment`, () => {
      const maskInputs = maskInputsOf(12, [[5, 7]]);
      const change = tf.tidy(() => {
        const inputs = [wave([1, 2, 12, 4]), wave([1, 2, 12, 4], 1), wave([1, 2, 12, 4], 2)] as Three;
        const attend = makeAttention(maskInputs, maskInputs, null, tuningOf(way, size));
        const before = attend(...inputs);
        // Another value and key at column 7, the third of the second segment.
        const elsewhere = tf.reshape(tf.oneHot(tf.tensor1d([7], 'int32'), 12), [1, 1, 12, 1]);
        const [query, key, value] = inputs;
        const after = attend(
          query,
          tf.add(key, elsewhere) as tf.Tensor4D,
          tf.add(value, elsewhere) as tf.Tensor4D,
        );
        return list(tf.max(tf.abs(tf.sub(after, before)), [0, 2, 3]));
      });
      for (const [at, size] of change.entries()) assert.equal(size > 1e-3, at >= 7, `column ${at}: ${size}`);
      tf.dispose({ ...maskInputs });
    });
  }
});
