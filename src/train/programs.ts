/**
 * What a run computes, compiled: the whole step where it is one batch; else gradients, batch after batch, and their
 * application; and losses without gradients. All of them share parameters and optimizer state.
 */
import * as tf from '@tensorflow/tfjs-core';
import {
  compile,
  type Mode,
  newVariables,
  type Precision,
  type RecordingStats,
  readAndDispose,
  when,
  withInputs,
  zeros,
} from '../compile/index.ts';
import type { Batch } from '../data/batches/batch.ts';
import { mapValues } from '../mapValues.ts';
import type { ForwardOptions, Model } from '../model/decoder.ts';
import { trainedOf } from '../model/parameters.ts';
import { addSums, batchGradients, emptySums, globalNorm, type SpanSums } from './gradients.ts';
import { type BatchTensors, batchTensors, rowLosses, spanSums } from './loss.ts';
import { type AdamWOptions, type AdamWRates, type AdamWState, applyAdamW, ratesAt } from './optimizer.ts';

export interface ProgramOptions extends AdamWOptions {
  mode: Mode;
  precision: Precision;
  /** Largest global norm of the gradients; 0 is off. */
  clipNorm: number;
  dropout: number;
  gradientCheckpointing: boolean;
  /** With the step it decides what is dropped out. */
  seed: number;
}

/** Of one step. */
export interface StepResult {
  spans: SpanSums;
  /** Of the gradients, before clipping. */
  norm: number;
}

export interface Programs {
  /** One optimizer step over micro-batches. Where loss or gradient is not finite, nothing is changed. */
  step(batches: Batch[], learningRate: number): Promise<StepResult>;
  /** Records the program of a step of one such batch, without running it. */
  record(batch: Batch): Promise<RecordingStats>;
  /** Losses of a batch by span, without gradients, added to `sums`. */
  evaluate(batch: Batch, sums: SpanSums): Promise<void>;
  dispose(): void;
}

export function makePrograms(model: Model, optimizer: AdamWState, options: ProgramOptions): Programs {
  const { mode, precision, clipNorm } = options;
  const parameters = trainedOf(model.parameters);
  const names = Object.keys(parameters);
  const compiled = { mode, precision };
  /** Sums of gradients over micro-batches; made when a step first has several. */
  let totals: Record<string, tf.Variable> | undefined;

  const passOptions = (seed: tf.Tensor1D): ForwardOptions => ({
    recompute: options.gradientCheckpointing,
    ...((options.dropout > 0 || (model.lora?.dropout ?? 0) > 0) && {
      dropout: { rate: options.dropout, seed },
    }),
  });

  const seedOf = (batch: number, step: number) =>
    tf.tensor1d([Math.imul(options.seed + 1, 65537) + batch * 1009, step], 'int32');

  /** Clips and applies, if all is finite. @returns the norm */
  const update = (gradients: Record<string, tf.Tensor>, rates: AdamWRates): tf.Scalar => {
    const norm = globalNorm(Object.values(gradients));
    when(tf.isFinite(norm), () => {
      const scale = tf.minimum(1, tf.div(clipNorm, tf.add(norm, 1e-6)));
      const clipped = clipNorm > 0 ? mapValues(gradients, (gradient) => tf.mul(gradient, scale)) : gradients;
      applyAdamW(parameters, clipped, optimizer, rates, options);
    });
    return norm;
  };

  const wholeStep = compile(function step(batch: BatchTensors, rates: AdamWRates, seed: tf.Tensor1D) {
    const { sums, gradients } = batchGradients(model, batch, passOptions(seed));
    return { sums, norm: update(gradients, rates) };
  }, compiled);

  const accumulate = compile(function gradients(batch: BatchTensors, first: tf.Tensor, seed: tf.Tensor1D) {
    const found = batchGradients(model, batch, passOptions(seed));
    for (const name of names) {
      const total = (totals as Record<string, tf.Variable>)[name];
      const gradient = found.gradients[name];
      total.assign(tf.where(first, gradient, tf.add(total, gradient)));
    }
    return found.sums;
  }, compiled);

  const apply = compile(function applyGradients(rates: AdamWRates) {
    return update(totals as Record<string, tf.Variable>, rates);
  }, compiled);

  const losses = compile(function validation(batch: BatchTensors) {
    return spanSums(rowLosses(model, batch), batch);
  }, compiled);

  return {
    async step(batches, learningRate) {
      const supervised = batches.reduce((sum, { supervisedCount }) => sum + supervisedCount, 0);
      const number = optimizer.step + 1;
      const spans = emptySums();
      const rates = () => ratesAt(number, learningRate, options);
      let norm: number;
      if (batches.length === 1) {
        const found = await withInputs(
          [batchTensors(batches[0], supervised), rates(), seedOf(0, number)],
          wholeStep,
        );
        addSums(spans, await readAndDispose(found.sums), batches[0].spans);
        [norm] = await readAndDispose(found.norm);
      } else {
        totals ??= await newVariables(
          mapValues(parameters, ({ shape }) => shape),
          zeros,
          { mode, trainable: false },
        );
        for (const [i, batch] of batches.entries()) {
          const first = tf.scalar(i === 0, 'bool');
          const sums = await withInputs(
            [batchTensors(batch, supervised), first, seedOf(i, number)],
            accumulate,
          );
          addSums(spans, await readAndDispose(sums), batch.spans);
        }
        [norm] = await readAndDispose(await withInputs([rates()], apply));
      }
      if (Number.isFinite(norm)) optimizer.step = number;
      return { spans, norm };
    },
    record(batch) {
      return withInputs([batchTensors(batch, 1), ratesAt(1, 1, options), seedOf(0, 1)], wholeStep.record);
    },
    async evaluate(batch, sums) {
      addSums(
        sums,
        await readAndDispose(await withInputs([batchTensors(batch, batch.supervisedCount)], losses)),
        batch.spans,
      );
    },
    dispose() {
      tf.dispose(totals);
      for (const program of [wholeStep, accumulate, apply, losses]) program.dispose();
    },
  };
}
