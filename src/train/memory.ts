/**
 * What memory a run needs, before it is made: weights, gradients and optimizer exactly, and what a step computes from
 * the shapes of what the decoder keeps. `docs/models.md` compares it with measured peaks; `scripts/trainMemory.ts`
 * measures them.
 */
import type { Precision } from '../compile/index.ts';
import type { ModelConfig } from '../model/config.ts';
import type { Lora } from '../model/lora.ts';
import { allAdapterShapes } from '../model/loraTargets.ts';
import { countOf, parameterCount } from '../model/parameters.ts';
import { isBlockwise } from '../nn/attention/attention.ts';
import { isVocabPadded, maxLogitsRows } from '../nn/crossEntropy.ts';
import type { TileSizes, Tuning } from '../nn/tuning.ts';
import type { Recipe } from '../recipe/schema.ts';

/** In bytes. */
export interface MemoryNeed {
  /** Of the model, frozen or not. */
  weights: number;
  gradients: number;
  /** Both moments of AdamW. */
  optimizer: number;
  /** What else a step has at its peak: activations kept for the way back, logits, copies of weights in bf16. */
  activations: number;
  /** Node and TensorFlow, its graph and its buffers: measured, about this much. */
  runtime: number;
  total: number;
}

export interface NeedOptions {
  config: ModelConfig;
  lora?: Lora;
  train: Pick<Recipe['train'], 'batchSize' | 'gradAccumSteps' | 'gradientCheckpointing'>;
  /** Bytes of a frozen value: 2 where the files hold bf16. */
  frozenBytes: number;
  /** Numbers that products are computed in. */
  precision: Precision;
  /** Tokens of a row; the longest that there can be. */
  seq: number;
  /** Of the device that it is for. */
  tuning: Tuning;
}

const FLOAT = 4;
const RUNTIME = 400 * 2 ** 20;
/** Logits of a chunk that exist at once: as such, as probabilities, their gradient, and rounded ones. Measured. */
const LOGITS = 4;
/** Copies of the largest gradient while a micro-batch's gradients are added to their sum. Measured. */
const ADDING = 3;

/** Numbers of the model, and those that are trained. */
export function parameterNumbers(config: ModelConfig, lora?: Lora): { all: number; trained: number } {
  const own = parameterCount(config);
  const adapters = lora ? countOf(allAdapterShapes(config, lora)) : 0;
  return { all: own + adapters, trained: lora ? adapters : own };
}

export function memoryNeed(options: NeedOptions): MemoryNeed {
  const { config, lora, train, frozenBytes, precision } = options;
  const { all, trained } = parameterNumbers(config, lora);
  const accumulates = train.gradAccumSteps > 1;
  const weights = (all - trained) * frozenBytes + trained * FLOAT;
  const ofOne = trained * FLOAT;
  // Micro-batches are summed up beside the gradients of the current one.
  const gradients = ofOne * (accumulates ? 2 : 1);
  const optimizer = 2 * trained * FLOAT;
  // Float32 matrices are rounded for their products, and kept so from the way forward to the way back.
  const matrices = trained - config.vocabSize * config.dModel;
  const copies = precision === 'bf16' && !lora ? 2 * Math.max(0, matrices) : 0;
  // Two peaks: at the output matrix nearly all activations are kept and hardly any gradient is there; at the end it is
  // the other way round.
  const { kept, passing } = layerBytes(options);
  const atHead = kept + passing + headBytes(options) + (accumulates ? ofOne : 0);
  const largest = FLOAT * (lora ? 0 : Math.max(config.vocabSize, config.ffnDim) * config.dModel);
  const atEnd = passing + gradients + (accumulates ? ADDING * largest : 0);
  const activations = copies + Math.max(atHead, atEnd) - Math.min(gradients, Math.max(atHead, atEnd));
  const total = weights + gradients + optimizer + activations + RUNTIME;
  return { weights, gradients, optimizer, activations, runtime: RUNTIME, total };
}

/** What all layers of a micro-batch keep for their gradients, and what the current layer computes with. */
function layerBytes({ config, train, precision, seq, tuning }: NeedOptions) {
  const tokens = train.batchSize * seq;
  const values = tokens * layerValues(config, seq, tuning.tileSizes);
  const inputs = tokens * config.dModel;
  const bytes = precision === 'bf16' ? FLOAT / 2 : FLOAT;
  return {
    kept: config.nLayers * (train.gradientCheckpointing ? FLOAT * inputs : bytes * values),
    passing: 2 * FLOAT * values + 4 * FLOAT * inputs,
  };
}

/** Logits of a chunk of rows, and what the output matrix is copied to. */
function headBytes({ config, lora, train, precision, frozenBytes, seq, tuning }: NeedOptions): number {
  const { vocabSize, dModel } = config;
  const tokens = train.batchSize * seq;
  const chunks = Math.ceil(tokens / maxLogitsRows(vocabSize, tuning.tileSizes));
  const rows = Math.ceil(tokens / chunks);
  const head = vocabSize * dModel;
  const isPadded = isVocabPadded(vocabSize, tuning);
  const rounds = precision === 'bf16';
  const asRead = head * (rounds ? FLOAT / 2 : FLOAT);
  const isStoredSo = lora !== undefined && (frozenBytes === 2) === rounds;
  const copies = isPadded ? 2 * asRead : rounds && !isStoredSo ? asRead : 0;
  // Of the whole matrix, and of a chunk to be added to it.
  const gradients = lora ? 0 : FLOAT * head * (chunks > 1 ? 2 : 1);
  return LOGITS * FLOAT * rows * vocabSize + copies + gradients;
}

/** Values that one layer keeps for each token: norms with their inputs, heads, attention, feed-forward. */
function layerValues(config: ModelConfig, seq: number, tileSizes: TileSizes): number {
  const { dModel, nHeads, nKvHeads, headDim, ffnDim, headNorms, outputNorms } = config;
  // By blocks it keeps no weights; else those of each part's queries with all keys up to the part's last.
  const seen = (seq + Math.min(seq, tileSizes.attentionQueries)) / 2;
  const attention = nHeads * (isBlockwise(seq, tileSizes) ? 1 : seen);
  const heads = (2 * nHeads + 2 * nKvHeads) * headDim;
  const norms = (outputNorms ? 2 * dModel : 0) + (headNorms ? (nHeads + nKvHeads) * headDim : 0);
  return 4 * dModel + norms + heads + attention + 3 * ffnDim;
}
