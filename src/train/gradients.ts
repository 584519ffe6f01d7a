/** Gradients of a batch, as a function of tensors that runs op by op and compiled alike. */
import * as tf from '@tensorflow/tfjs-core';
import { SPANS, type Span } from '../methods/parts/segment.ts';
import type { ForwardOptions, Model } from '../model/decoder.ts';
import { trainedOf } from '../model/parameters.ts';
import { valueAndGradients } from '../nn/gradients.ts';
import { callOp } from '../tensorflow/ops.ts';
import { type BatchTensors, spanSums, weightedLoss } from './loss.ts';

export interface BatchGradients {
  /** Sums of losses in nats by span, [SPANS.length]. */
  sums: tf.Tensor1D;
  /** Of the batch's share of the step's mean loss, by the name of each parameter that is trained. */
  gradients: Record<string, tf.Tensor>;
}

/** One pass forward and back. */
export function batchGradients(
  model: Model,
  batch: BatchTensors,
  options: ForwardOptions = {},
): BatchGradients {
  const trained = trainedOf(model.parameters);
  const names = Object.keys(trained);
  const { aux: losses, gradients: found } = valueAndGradients(
    () => weightedLoss(model, batch, options),
    Object.values(trained),
  );
  const sums = spanSums(losses, batch);
  tf.dispose(losses);
  const gradients = Object.fromEntries(names.map((name, i) => [name, found[i]]));
  return { sums, gradients };
}

/** Euclidean norm over all tensors together, a scalar. */
export function globalNorm(tensors: tf.Tensor[]): tf.Scalar {
  const halves = tensors.map((tensor) => callOp('L2Loss', [tensor])); // Σ x² / 2
  // Not by addN: it adds in the order in which buffers happen to be free.
  return tf.sqrt(tf.mul(tf.sum(tf.stack(halves)), 2));
}

/** Sum of losses in nats, and number of tokens, of each span. */
export type SpanSums = Record<Span, { sum: number; count: number }>;

export function emptySums(): SpanSums {
  const sums = SPANS.map((span) => [span, { sum: 0, count: 0 }]);
  return Object.fromEntries(sums) as SpanSums;
}

/** @param sums of a batch by span. @param spans of its positions, −1 where there is no loss */
export function addSums(total: SpanSums, sums: ArrayLike<number>, spans: Int8Array): void {
  for (const [i, span] of SPANS.entries()) total[span].sum += sums[i];
  for (const span of spans) if (span >= 0) total[SPANS[span]].count += 1;
}

/** Mean over all spans together: NaN where nothing was supervised. */
export function meanLoss(spans: SpanSums): number {
  const all = Object.values(spans);
  return all.reduce((sum, span) => sum + span.sum, 0) / all.reduce((count, span) => count + span.count, 0);
}

/** Mean by span; spans that do not occur are left out. */
export function spanLosses(spans: SpanSums): Partial<Record<Span, number>> {
  const present = Object.entries(spans).filter(([, { count }]) => count > 0);
  return Object.fromEntries(present.map(([span, { sum, count }]) => [span, sum / count]));
}
