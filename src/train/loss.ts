/**
 * Masked cross-entropy as a sum over supervised tokens. The output matrix runs only over supervised positions, and
 * loss and gradient come from one TensorFlow op, so neither full logits nor one-hot labels exist.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batches/batch.ts';
import { forward, logits, type Model } from '../model/decoder.ts';
import { callOps } from '../runtime/ops.ts';

/** Cross-entropy in nats of each supervised token, in the order of the batch: [supervisedCount]. */
export function tokenLosses(model: Model, batch: Batch): tf.Tensor1D {
  const shape: [number, number] = [batch.batch, batch.seq];
  const { hidden } = forward(model, {
    tokens: tf.tensor2d(batch.tokens, shape, 'int32'),
    positions: tf.tensor2d(batch.positions, shape, 'int32'),
    documents: tf.tensor2d(batch.documents, shape, 'int32'),
  });
  const supervised = supervisedPositions(batch);
  const rows = tf.reshape(hidden, [batch.batch * batch.seq, model.config.dModel]);
  const picked = tf.gather(rows, tf.tensor1d(supervised, 'int32')) as tf.Tensor2D; // [supervisedCount, dModel]
  const targets = supervised.map((at) => batch.targets[at]);
  return crossEntropy(logits(model, picked), tf.tensor1d(targets, 'int32'));
}

/** Indices into [batch · seq] of the positions with a loss. */
export function supervisedPositions(batch: Batch): Int32Array {
  const positions = new Int32Array(batch.supervisedCount);
  let count = 0;
  for (let at = 0; at < batch.spans.length; at++) if (batch.spans[at] >= 0) positions[count++] = at;
  return positions;
}

/** −log softmax(logits)[target] for each row; logits [rows, vocabSize], targets int32 [rows]. */
export function crossEntropy(rowLogits: tf.Tensor2D, targets: tf.Tensor1D): tf.Tensor1D {
  const withGradient = tf.customGrad((x, save) => {
    const [losses, gradient] = callOps('SparseSoftmaxCrossEntropyWithLogits', [x as tf.Tensor, targets], 2);
    (save as tf.GradSaveFunc)([gradient]);
    return {
      value: losses,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(saved[0], tf.expandDims(dy, 1)),
    };
  });
  return withGradient(rowLogits) as tf.Tensor1D;
}
