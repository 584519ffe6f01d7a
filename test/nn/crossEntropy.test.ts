/** The output matrix and its cross-entropy by chunks of rows, against plain formulas over everything at once. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { compile } from '../../src/compile/index.ts';
import { linearCrossEntropy, rowCrossEntropy } from '../../src/nn/crossEntropy.ts';
import { deviceTuning } from '../../src/nn/tuning.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { assertSame, list, wave } from '../support/tensors.ts';

/** Chunks of at most `maxRows` rows; by default as large as the device takes them. */
function tuningOf(maxRows: number | undefined) {
  const tuning = deviceTuning();
  if (maxRows === undefined) return tuning;
  return { ...tuning, tileSizes: { ...tuning.tileSizes, logitsBytes: 0, minLogitsRows: maxRows } };
}

describe('linear cross-entropy', () => {
  before(() => startTensorFlow());

  const ROWS = 11;
  const DIM = 6;

  /** Cross-entropy over all logits at once. */
  const reference = (hidden: tf.Tensor, head: tf.Tensor, targets: tf.Tensor): tf.Tensor => {
    const logProbs = tf.logSoftmax(tf.matMul(hidden, head, false, true));
    return tf.neg(tf.sum(tf.mul(logProbs, tf.oneHot(targets as tf.Tensor1D, head.shape[0])), 1));
  };

  /** Losses, and the gradients of their weighted sum. */
  const plain = (hidden: tf.Tensor, head: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor) => {
    const loss = (hidden: tf.Tensor, head: tf.Tensor) =>
      tf.mul(tf.sum(tf.mul(reference(hidden, head, targets), weights)), 2);
    return [reference(hidden, head, targets), ...tf.grads(loss)([hidden, head])];
  };
  const chunked =
    (maxRows?: number) => (hidden: tf.Tensor, head: tf.Tensor, targets: tf.Tensor, weights: tf.Tensor) => {
      const run = (hidden: tf.Tensor, head: tf.Tensor) =>
        linearCrossEntropy(
          hidden as tf.Tensor2D,
          head as tf.Tensor2D,
          targets as tf.Tensor1D,
          weights as tf.Tensor1D,
          tuningOf(maxRows),
        );
      const loss = (hidden: tf.Tensor, head: tf.Tensor) => tf.mul(run(hidden, head).value, 2);
      return [run(hidden, head).aux, ...tf.grads(loss)([hidden, head])];
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

  // A vocabulary that is a multiple of 1024 is padded.
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
              rowCrossEntropy(
                hidden as tf.Tensor2D,
                head as tf.Tensor2D,
                targets as tf.Tensor1D,
                tuningOf(rows),
              ),
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
