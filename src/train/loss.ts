/**
 * Masked cross-entropy of a batch. The output matrix runs only over the supervised positions; their number is rounded
 * up, with rows that weigh nothing, so that batches of one size make one program.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batches/batch.ts';
import { SPANS } from '../methods/parts/segment.ts';
import {
  crossEntropy,
  type ForwardOptions,
  forward,
  type Model,
  weightedCrossEntropy,
} from '../model/decoder.ts';

/** A batch as tensors, with values on the host: what a program is fed. */
export interface BatchTensors {
  /** int32 [batch, seq]. */
  tokens: tf.Tensor2D;
  positions: tf.Tensor2D;
  segmentIds: tf.Tensor2D;
  /** int32 [rows]: places in [batch · seq] that have a loss, then some that only fill up. */
  places: tf.Tensor1D;
  /** int32 [rows]: the token to predict there. */
  targets: tf.Tensor1D;
  /** int32 [rows]: its span (index into SPANS), or one more than any where the row only fills up. */
  spans: tf.Tensor1D;
  /** float32 [rows]: 1 / supervised tokens of the step, or 0. */
  weights: tf.Tensor1D;
  [key: string]: tf.Tensor;
}

/** Rows come in steps of this share of a batch's places. */
const ROW_STEPS = 8;

/** @param supervised tokens with a loss in the whole step that the batch is part of. The caller disposes the tensors. */
export function batchTensors(batch: Batch, supervised: number): BatchTensors {
  const shape: [number, number] = [batch.batch, batch.seq];
  const size = batch.batch * batch.seq;
  const step = Math.ceil(size / ROW_STEPS);
  const rows = Math.min(size, Math.max(1, Math.ceil(batch.supervisedCount / step)) * step);
  const places = new Int32Array(rows);
  const targets = new Int32Array(rows);
  const spans = new Int32Array(rows).fill(SPANS.length);
  const weights = new Float32Array(rows);
  let row = 0;
  for (let at = 0; at < size; at++) {
    if (batch.spans[at] < 0) continue;
    places[row] = at;
    targets[row] = batch.targets[at];
    spans[row] = batch.spans[at];
    weights[row++] = 1 / supervised;
  }
  return {
    tokens: tf.tensor2d(batch.tokens, shape, 'int32'),
    positions: tf.tensor2d(batch.positions, shape, 'int32'),
    segmentIds: tf.tensor2d(batch.documents, shape, 'int32'),
    places: tf.tensor1d(places, 'int32'),
    targets: tf.tensor1d(targets, 'int32'),
    spans: tf.tensor1d(spans, 'int32'),
    weights: tf.tensor1d(weights),
  };
}

/**
 * The batch's share of the step's mean loss, with gradients for the parameters.
 * @returns value: nats. aux: the loss of each row in nats, [rows], without gradients
 */
export function weightedLoss(
  model: Model,
  batch: BatchTensors,
  options: ForwardOptions,
): { value: tf.Scalar; aux: tf.Tensor1D } {
  const hidden = supervisedHidden(model, batch, options);
  return weightedCrossEntropy(model, hidden, batch.targets, batch.weights);
}

/** Loss in nats of each row, [rows], without gradients. */
export function rowLosses(model: Model, batch: BatchTensors): tf.Tensor1D {
  return crossEntropy(model, supervisedHidden(model, batch, {}), batch.targets);
}

/** Sums of losses by span, [SPANS.length]. */
export function spanSums(losses: tf.Tensor1D, { spans }: BatchTensors): tf.Tensor1D {
  const count = SPANS.length;
  return tf.slice(tf.unsortedSegmentSum(losses, spans, count + 1), 0, count);
}

/** Hidden states [rows, dModel] at the places that have a loss. */
function supervisedHidden(model: Model, batch: BatchTensors, options: ForwardOptions): tf.Tensor2D {
  const hidden = forward(model, batch, options);
  const [size, seq, dModel] = hidden.shape;
  return tf.gather(tf.reshape(hidden, [size * seq, dModel]), batch.places) as tf.Tensor2D;
}
