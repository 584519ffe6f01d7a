/** A tiny decoder and examples for it, made without data or tokenizer. */
import * as tf from '@tensorflow/tfjs-core';
import { type Batch, makeBatch } from '../../src/data/batches/batch.ts';
import type { Encoded } from '../../src/data/tokens/encode.ts';
import { type ModelConfig, PLAIN_LLAMA } from '../../src/model/config.ts';
import type { Model } from '../../src/model/decoder.ts';
import { initialValues, toParameters } from '../../src/model/parameters.ts';
import { addSums, batchGradients, emptySums, type SpanSums } from '../../src/train/gradients.ts';
import { batchTensors } from '../../src/train/loss.ts';

export const tinyConfig: ModelConfig = {
  ...PLAIN_LLAMA,
  vocabSize: 61,
  dModel: 24,
  nLayers: 2,
  nHeads: 4,
  nKvHeads: 2,
  headDim: 8,
  ffnDim: 40,
  maxSeqLen: 32,
  ropeTheta: 10000,
  normEps: 1e-5,
  tieEmbeddings: true,
  bosId: null,
  eosId: 0,
  padId: 0,
};

export function tinyModel(overrides: Partial<ModelConfig> = {}, initStd = 0.2): Model {
  const config = { ...tinyConfig, ...overrides };
  return { config, parameters: toParameters(config, initialValues(config, initStd, 1)) };
}

/** Token ids with a loss from index `start` on. */
export function encoded(ids: number[], start: number, id = 'example'): Encoded {
  return { id, ids: Int32Array.from(ids), spans: Int8Array.from(ids, (_, i) => (i < start ? -1 : 1)) };
}

export const batchOf = (...examples: Encoded[]): Batch =>
  makeBatch(
    examples.map((example) => [example]),
    0,
    { maxSeqLen: 32 },
  );

/** All of `examples` in one row. */
export const packedOf = (...examples: Encoded[]): Batch =>
  makeBatch([examples], 0, { maxSeqLen: 32, seq: 32 });

/** The minimal standard generator of Park and Miller: exact, so that Python repeats it. Values in (0, 1). */
export function parkMiller(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

export interface Gradients {
  spans: SpanSums;
  gradients: Record<string, Float32Array>;
  norm: number;
}

/** Loss and gradients of one step over micro-batches, op by op. */
export async function gradientsOf(model: Model, batches: Batch[]): Promise<Gradients> {
  const supervised = batches.reduce((sum, batch) => sum + batch.supervisedCount, 0);
  const spans = emptySums();
  const totals: Record<string, Float32Array> = {};
  for (const batch of batches) {
    const { sums, gradients } = tf.tidy(() => {
      const found = batchGradients(model, batchTensors(batch, supervised));
      return { sums: found.sums, gradients: found.gradients as tf.NamedTensorMap };
    });
    addSums(spans, await sums.data(), batch.spans);
    for (const [name, gradient] of Object.entries(gradients)) {
      const values = await gradient.data<'float32'>();
      totals[name] = totals[name] ? totals[name].map((total, i) => total + values[i]) : values;
    }
    tf.dispose([sums, gradients]);
  }
  const squares = Object.values(totals).flatMap((values) => [...values].map((value) => value ** 2));
  return { spans, gradients: totals, norm: Math.sqrt(squares.reduce((sum, square) => sum + square, 0)) };
}
