/**
 * The two programs of generation, prompts and one more token, over a cache of keys and values that stays in the
 * session. Sizes are rounded up, so that few programs serve all prompts.
 */
import * as tf from '@tensorflow/tfjs-core';
import { compile, type Mode, type Precision, readAndDispose, withInputs } from '../compile/index.ts';
import { roundUpLength } from '../data/batches/batch.ts';
import type { ModelConfig } from '../model/config.ts';
import { forward, type Inputs, logits, type Model } from '../model/decoder.ts';
import { extending, filling, type KeyValueCache, newCache } from './cache.ts';

/** Row-major [batch, seq] on the host. */
export interface HostInputs {
  tokens: Int32Array;
  positions: Int32Array;
  documents: Int32Array;
}

/** What a step gives for each row: the likeliest token or `NONE`, [batch], or all logits, [batch · vocabSize]. */
export type Wanted = 'likeliest' | 'logits';

/** A batch that is being continued. */
export interface Continuation {
  batch: number;
  /** Columns of the prompts, which end at the last one, and columns in all. */
  promptLength: number;
  length: number;
  /** Reads prompts [batch, promptLength]. */
  prompts(inputs: HostInputs): Promise<Int32Array | Float32Array>;
  /** Reads one token a row, [batch, 1], into column `at`. @param columns where the tokens of all columns stand, [batch, length] */
  next(
    inputs: HostInputs,
    columns: Omit<HostInputs, 'tokens'>,
    at: number,
  ): Promise<Int32Array | Float32Array>;
}

export interface Decoder {
  config: ModelConfig;
  /** For `rows` prompts of at most `promptLength` tokens, to be continued by up to `newTokens`. */
  begin(rows: number, promptLength: number, newTokens: number, wanted: Wanted): Promise<Continuation>;
  dispose(): void;
}

/** In place of the likeliest token, where the logits of a prompt are no numbers. */
export const NONE = -1;

/** Sizes that are kept ready; each holds a cache. */
const KEPT = 4;

export function makeDecoder(
  model: Model,
  { mode, precision }: { mode: Mode; precision: Precision },
): Decoder {
  const kept = new Map<string, { continuation: Continuation; dispose(): void }>();

  const make = async (batch: number, promptLength: number, length: number, wanted: Wanted) => {
    const cache = await newCache(model.config, batch, length, { mode, precision });
    const programs = programsOf(model, cache, wanted, { mode, precision });
    const shaped = (values: Int32Array) => tf.tensor2d(values, [batch, values.length / batch], 'int32');
    const inputs = ({ tokens, positions, documents }: HostInputs): Inputs => ({
      tokens: shaped(tokens),
      positions: shaped(positions),
      segmentIds: shaped(documents),
    });
    const continuation: Continuation = {
      batch,
      promptLength,
      length,
      prompts: async (host) => readAndDispose(await withInputs([{ ...inputs(host) }], programs.prompts)),
      next: async (host, { positions, documents }, at) => {
        const maskInputs = { positions: shaped(positions), segmentIds: shaped(documents) };
        return readAndDispose(
          await withInputs([{ ...inputs(host) }, maskInputs, tf.scalar(at, 'int32')], programs.next),
        );
      },
    };
    const dispose = () => {
      programs.prompts.dispose();
      programs.next.dispose();
      cache.dispose();
    };
    return { continuation, dispose };
  };

  return {
    config: model.config,
    async begin(rows, promptLength, newTokens, wanted) {
      const batch = 2 ** Math.ceil(Math.log2(rows));
      const prompts = Math.min(roundUpLength(promptLength), model.config.maxSeqLen);
      const length = roundUpLength(prompts + newTokens);
      const key = `${batch}/${prompts}/${length}/${wanted}`;
      const found = kept.get(key) ?? (await make(batch, prompts, length, wanted));
      kept.delete(key);
      kept.set(key, found);
      const [oldest] = kept.keys();
      if (kept.size > KEPT) {
        kept.get(oldest)?.dispose();
        kept.delete(oldest);
      }
      return found.continuation;
    },
    dispose() {
      for (const { dispose } of kept.values()) dispose();
      kept.clear();
    },
  };
}

type MaskTensors = Record<'positions' | 'segmentIds', tf.Tensor2D>;
type TensorInputs = Inputs & Record<string, tf.Tensor>;

function programsOf(
  model: Model,
  cache: KeyValueCache,
  wanted: Wanted,
  options: { mode: Mode; precision: Precision },
) {
  const answer = (hidden: tf.Tensor3D, first: boolean): tf.Tensor => {
    const [batch, seq, dModel] = hidden.shape;
    const last: tf.Tensor2D = tf.reshape(tf.slice(hidden, [0, seq - 1, 0], [batch, 1, dModel]), [
      batch,
      dModel,
    ]);
    const scores = logits(model, last);
    if (wanted === 'logits') return scores;
    const likeliest = tf.argMax(scores, 1);
    // The first step tells of a model that gives no numbers; to ask each step would cost time.
    return first ? tf.where(tf.isFinite(tf.sum(scores, 1)), likeliest, tf.scalar(NONE, 'int32')) : likeliest;
  };
  const prompts = compile(function prefill(inputs: TensorInputs) {
    return answer(forward(model, inputs, { cache: filling(cache, inputs) }), true);
  }, options);
  const next = compile(function decode(inputs: TensorInputs, maskInputs: MaskTensors, at: tf.Scalar) {
    return answer(forward(model, inputs, { cache: extending(cache, maskInputs, at) }), false);
  }, options);
  return { prompts, next };
}
