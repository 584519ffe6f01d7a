/** Attention by blocks, and the output matrix by chunks, against plain formulas over everything at once. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/compile/index.ts';
import { attentionFor } from '../../src/model/attention.ts';
import { headLoss, headLosses } from '../../src/model/head.ts';
import type { Places } from '../../src/model/places.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { assertSame, list, wave } from '../compile/support.ts';

type Three = [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];

/** softmax(query · keyᵀ) · value, with hidden scores of −10⁹, in tfjs's own ops. */
function reference(places: Places, window: number, ...[query, key, value]: Three): tf.Tensor {
  const group = query.shape[1] / key.shape[1];
  const heads = Array.from({ length: query.shape[1] }, (_, i) => Math.floor(i / group));
  const spread = (x: tf.Tensor4D) => tf.gather(x, tf.tensor1d(heads, 'int32'), 1);
  const { positions, documents } = places;
  const same = tf.equal(tf.expandDims(documents, 2), tf.expandDims(documents, 1));
  const past = tf.greaterEqual(tf.expandDims(positions, 2), tf.expandDims(positions, 1));
  const near = tf.less(tf.sub(tf.expandDims(positions, 2), tf.expandDims(positions, 1)), window);
  const seen = tf.logicalAnd(tf.logicalAnd(same, past), near);
  const hidden = tf.mul(tf.expandDims(tf.cast(tf.logicalNot(seen), 'float32'), 1), -1e9);
  const scores = tf.add(tf.matMul(query, spread(key), false, true), hidden);
  return tf.matMul(tf.softmax(scores), spread(value));
}

/** Rows of documents of these lengths; what is left is padding. */
function placesOf(seq: number, rows: number[][]): Places {
  const positions = rows.map((lengths) => {
    const places = lengths.flatMap((length) => Array.from({ length }, (_, i) => i));
    return [...places, ...new Array(seq - places.length).fill(0).map((_, i) => i)];
  });
  const documents = rows.map((lengths) => {
    const numbers = lengths.flatMap((length, document) => new Array(length).fill(document));
    return [...numbers, ...new Array(seq - numbers.length).fill(-1)];
  });
  return {
    positions: tf.tensor2d(positions, [rows.length, seq], 'int32'),
    documents: tf.tensor2d(documents, [rows.length, seq], 'int32'),
  };
}

describe('attention', () => {
  before(() => startTensorFlow());

  const CASES = [
    { what: 'a multiple of the block', seq: 16, block: 4, heads: [4, 2], rows: [[16], [16]] },
    { what: 'one more than a multiple', seq: 17, block: 4, heads: [2, 2], rows: [[17]] },
    { what: 'one less than a multiple', seq: 15, block: 4, heads: [4, 1], rows: [[15]] },
    { what: 'two blocks', seq: 10, block: 5, heads: [2, 1], rows: [[10], [10]] },
    {
      what: 'packed documents and padding',
      seq: 19,
      block: 4,
      heads: [4, 2],
      rows: [
        [3, 9, 7],
        [5, 6, 1],
      ],
    },
    { what: 'documents that end with blocks', seq: 12, block: 3, heads: [2, 2], rows: [[3, 6, 3]] },
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
    const ways = { blocks: { block, window }, rows: { rows: block, block: Infinity, window } };
    for (const [way, mode] of [
      ['blocks', 'eager'],
      ['blocks', 'graph'],
      ['rows', 'eager'],
      ['rows', 'graph'],
    ] as const) {
      it(`by ${way} of ${block} over ${seq}, ${what}, equals the plain formula (${mode})`, async () => {
        const places = placesOf(seq, rows);
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
          (places: { positions: tf.Tensor; documents: tf.Tensor }, ...inputs: tf.Tensor[]) =>
            all(attentionFor(places as unknown as Places, places as unknown as Places, ways[way]), inputs),
          { mode },
        );
        const found = await program({ ...places }, ...inputs);
        const expected = tf.tidy(() =>
          all(
            (...inputs) => tf.transpose(reference(places, window ?? Infinity, ...inputs), [0, 2, 1, 3]),
            inputs,
          ),
        );
        for (const [i, tensor] of expected.entries()) assertSame(found[i], tensor, 3e-5);
        program.dispose();
        tf.dispose([found, expected, inputs, weight, { ...places }]);
      });
    }
  }

  for (const [way, sizes] of Object.entries({ blocks: { block: 4 }, rows: { rows: 5, block: Infinity } })) {
    it(`by ${way} shows no query a later key or another document`, () => {
      const places = placesOf(12, [[5, 7]]);
      const change = tf.tidy(() => {
        const inputs = [wave([1, 2, 12, 4]), wave([1, 2, 12, 4], 1), wave([1, 2, 12, 4], 2)] as Three;
        const attend = attentionFor(places, places, sizes);
        const before = attend(...inputs);
        // Another value and key at place 7, the third of the second document.
        const elsewhere = tf.reshape(tf.oneHot(tf.tensor1d([7], 'int32'), 12), [1, 1, 12, 1]);
        const [query, key, value] = inputs;
        const after = attend(
          query,
          tf.add(key, elsewhere) as tf.Tensor4D,
          tf.add(value, elsewhere) as tf.Tensor4D,
        );
        return list(tf.max(tf.abs(tf.sub(after, before)), [0, 2, 3]));
      });
      for (const [at, size] of change.entries()) assert.equal(size > 1e-3, at >= 7, `place ${at}: ${size}`);
      tf.dispose({ ...places });
    });
  }
});

describe('the head', () => {
  before(() => startTensorFlow());

  const ROWS = 11;
  const DIM = 6;

  /** Cross-entropy over all logits at once. */
  const reference = (hidden: tf.Tensor, head: tf.Tensor, targets: tf.Tensor): tf.Tensor => {
    const likelihoods = tf.logSoftmax(tf.matMul(hidden, head, false, true));
    return tf.neg(tf.sum(tf.mul(likelihoods, tf.oneHot(targets as tf.Tensor1D, head.shape[0])), 1));
  };

  /** Losses, and the gradients of their weighted sum. */
  const plain = (hidden: tf.Tensor, head: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor) => {
    const loss = (hidden: tf.Tensor, head: tf.Tensor) =>
      tf.mul(tf.sum(tf.mul(reference(hidden, head, targets), weights)), 2);
    return [reference(hidden, head, targets), ...tf.grads(loss)([hidden, head])];
  };
  const chunked =
    (mostRows?: number) => (hidden: tf.Tensor, head: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor) => {
      let losses: tf.Tensor | undefined;
      const loss = (hidden: tf.Tensor, head: tf.Tensor) => {
        const inputs = [hidden, head, targets, weights] as Parameters<typeof headLoss>;
        inputs[4] = mostRows;
        const found = headLoss(...inputs);
        losses = found.losses;
        return tf.mul(found.total, 2);
      };
      const gradients = tf.grads(loss)([hidden, head]);
      return [losses as unknown as tf.Tensor, ...gradients];
    };
  const inputsOf = (vocabSize: number) => ({
    hidden: tf.tidy(() => tf.mul(wave([ROWS, DIM]), 2)),
    head: wave([vocabSize, DIM], 1),
    targets: tf.tensor1d(
      Array.from({ length: ROWS }, (_, i) => (i * 37) % vocabSize),
      'int32',
    ),
    weights: tf.tensor1d(Array.from({ length: ROWS }, (_, i) => (i % 3 === 2 ? 0 : 0.1 * (i + 1)))),
  });

  // A vocabulary that is a multiple of 1024 is widened.
  for (const vocabSize of [1024, 1000]) {
    for (const rows of [1, 3, 5, ROWS, undefined]) {
      it(`over ${vocabSize} tokens, ${rows ?? 'all'} rows a chunk, equals the plain formula`, async () => {
        const inputs = inputsOf(vocabSize);
        const given = Object.values(inputs);
        const [hidden, head, targets, weights] = given;
        const before = tf.memory().numTensors;
        const expected = tf.tidy(() => plain(hidden, head, targets, weights));
        for (const mode of ['eager', 'graph'] as const) {
          const program = compile(chunked(rows), { mode });
          const found = await program(hidden, head, targets, weights);
          for (const [i, tensor] of expected.entries()) assertSame(found[i], tensor);
          program.dispose();
          tf.dispose(found);
          const alone = compile(
            (hidden: tf.Tensor, head: tf.Tensor, targets: tf.Tensor) =>
              headLosses(hidden as tf.Tensor2D, head as tf.Tensor2D, targets as tf.Tensor1D, rows),
            { mode },
          );
          const losses = await alone(hidden, head, targets);
          assertSame(losses, expected[0]);
          alone.dispose();
          losses.dispose();
        }
        tf.dispose(expected);
        assert.equal(tf.memory().numTensors, before);
        tf.dispose(inputs);
      });
    }
  }

  it('takes nothing from rows that weigh nothing', () => {
    const { hidden, head, targets, weights } = inputsOf(50);
    tf.tidy(() => {
      const silent = tf.equal(weights, 0);
      const others = tf.where(silent, tf.fill([ROWS], 3, 'int32'), targets);
      assert.notDeepEqual(list(others), list(targets));
      const [, dHidden, dHead] = chunked(800)(hidden, head, targets, weights);
      const [, dHiddenOther, dHeadOther] = chunked(800)(hidden, head, others, weights);
      assertSame(dHiddenOther, dHidden, 0);
      assertSame(dHeadOther, dHead, 0);
      const rows = list(tf.sum(tf.abs(dHidden), 1));
      assert.deepEqual(
        rows.map((sum) => sum === 0),
        list(weights).map((weight) => weight === 0),
      );
    });
    tf.dispose([hidden, head, targets, weights]);
  });

  it('holds out where a token is all but impossible', () => {
    tf.tidy(() => {
      const hidden = tf.tensor2d([[1000, 0]]);
      const head = tf.tensor2d([
        [1, 0],
        [-1, 0],
      ]);
      const [losses, dHidden] = chunked()(hidden, head, tf.tensor1d([1], 'int32'), tf.tensor1d([1]));
      assert.ok(list(losses)[0] > 80 && list(losses)[0] < 90);
      assert.deepEqual(list(dHidden), [4, 0]);
    });
  });
});
