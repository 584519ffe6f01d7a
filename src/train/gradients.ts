/** Loss and gradient of one optimizer step: the sum over micro-batches, normalised by all their supervised tokens. */
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batches/batch.ts';
import { SPANS, type Span } from '../methods/parts/segment.ts';
import type { Model } from '../model/decoder.ts';
import { supervisedPositions, tokenLosses } from './loss.ts';

/** Sum of losses in nats, and number of tokens, of each span. */
export type SpanSums = Record<Span, { sum: number; count: number }>;

export interface Gradients {
  spans: SpanSums;
  /** Gradient of the mean loss over all supervised tokens, by parameter name; the caller disposes it. */
  gradients: tf.NamedTensorMap;
  /** Euclidean norm over all gradients together. */
  norm: number;
}

/** One pass forward and back over each micro-batch. */
export async function gradientsOf(model: Model, batches: Batch[]): Promise<Gradients> {
  const supervised = batches.reduce((sum, batch) => sum + batch.supervisedCount, 0);
  const names = Object.keys(model.parameters);
  const spans = emptySums();
  let total: tf.Tensor[] = [];
  for (const batch of batches) {
    const [losses, ...parts] = tf.tidy(() => {
      let kept: tf.Tensor | undefined;
      const parameters = Object.values(model.parameters);
      const { grads } = tf.variableGrads(() => {
        const losses = tokenLosses(model, batch);
        kept = tf.keep(losses);
        return tf.div(tf.sum(losses), supervised) as tf.Scalar;
      }, parameters);
      // Variables are listed in the order of `names`; tfjs keys gradients by its own variable names.
      return [kept as tf.Tensor, ...parameters.map(({ name }) => grads[name])];
    });
    addSums(spans, batch, await losses.data<'float32'>());
    losses.dispose();
    total = total.length === 0 ? parts : total.map((sum, i) => addInto(sum, parts[i]));
  }
  const norm = tf.tidy(() => tf.sqrt(tf.addN(total.map((gradient) => tf.sum(tf.square(gradient))))));
  const [normValue] = await norm.data<'float32'>();
  norm.dispose();
  return { spans, gradients: Object.fromEntries(names.map((name, i) => [name, total[i]])), norm: normValue };
}

/** Losses of a batch by span, without gradients. */
export async function evaluateBatch(model: Model, batch: Batch, spans: SpanSums): Promise<void> {
  const losses = tf.tidy(() => tokenLosses(model, batch));
  addSums(spans, batch, await losses.data<'float32'>());
  losses.dispose();
}

export function emptySums(): SpanSums {
  const sums = SPANS.map((span) => [span, { sum: 0, count: 0 }]);
  return Object.fromEntries(sums) as SpanSums;
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

function addSums(spans: SpanSums, batch: Batch, losses: Float32Array): void {
  for (const [i, at] of supervisedPositions(batch).entries()) {
    const span = spans[SPANS[batch.spans[at]]];
    span.sum += losses[i];
    span.count += 1;
  }
}

function addInto(sum: tf.Tensor, part: tf.Tensor): tf.Tensor {
  const both = tf.add(sum, part);
  sum.dispose();
  part.dispose();
  return both;
}
