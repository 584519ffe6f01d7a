/**
 * What memory a run needs, before it is made: weights, gradients and optimizer exactly, what a step keeps for its
 * gradients from the shapes of what the decoder saves. `docs/models.md` holds it against measured peaks.
 */
import type { ModelConfig } from '../model/config.ts';
import { allAdapterShapes, type Lora } from '../model/lora.ts';
import { countOf, parameterCount } from '../model/parameters.ts';
import type { TileSizes } from '../nn/tuning.ts';
import type { Recipe } from '../recipe/schema.ts';

/** In bytes. */
export interface MemoryNeed {
  /** Of the model, frozen or not. */
  weights: number;
  gradients: number;
  /** Both moments of AdamW. */
  optimizer: number;
  /** What one micro-batch keeps from its pass forward for its pass back, and the head's chunks. */
  activations: number;
  /** TensorFlow itself, its graph and its buffers: measured, about this much. */
  runtime: number;
  total: number;
}

export interface NeedOptions {
  config: ModelConfig;
  lora?: Lora;
  train: Pick<Recipe['train'], 'batchSize' | 'gradAccumSteps' | 'gradientCheckpointing'>;
  /** Bytes of a frozen value: 2 where the files hold bf16. */
  frozenBytes: number;
  /** Tokens of a row; the longest that there can be. */
  seq: number;
  /** Of the device that it is for. */
  tileSizes: TileSizes;
}

const FLOAT = 4;
const RUNTIME = 400 * 2 ** 20;
/** Logits that the head has at once: likelihoods and their gradient, copies of both in float32 and in bf16. */
const LOGITS = 6;

/** Numbers of the model, and those that are trained. */
export function parameterNumbers(config: ModelConfig, lora?: Lora): { all: number; trained: number } {
  const own = parameterCount(config);
  const adapters = lora ? countOf(allAdapterShapes(config, lora)) : 0;
  return { all: own + adapters, trained: lora ? adapters : own };
}

export function memoryNeed({ config, lora, train, frozenBytes, seq, tileSizes }: NeedOptions): MemoryNeed {
  const { all, trained } = parameterNumbers(config, lora);
  const frozen = all - trained;
  const weights = frozen * frozenBytes + trained * FLOAT;
  // Micro-batches are summed up beside the gradients of the one at hand.
  const gradients = trained * FLOAT * (train.gradAccumSteps > 1 ? 2 : 1);
  const optimizer = 2 * trained * FLOAT;
  const tokens = train.batchSize * seq;
  const layer = FLOAT * tokens * layerValues(config, seq, tileSizes);
  const inputs = FLOAT * tokens * config.dModel;
  const layers = train.gradientCheckpointing
    ? config.nLayers * inputs + 2 * layer
    : (config.nLayers + 1) * layer;
  const activations = layers + 4 * inputs + LOGITS * tileSizes.logitsBytes;
  const total = weights + gradients + optimizer + activations + RUNTIME;
  return { weights, gradients, optimizer, activations, runtime: RUNTIME, total };
}

/** Values that one layer keeps for each token: two norms with their inputs, heads, attention, feed-forward. */
function layerValues(
  { dModel, nHeads, nKvHeads, headDim, ffnDim }: ModelConfig,
  seq: number,
  { attentionQueries, attentionBlockTokens }: TileSizes,
): number {
  // By blocks it keeps no weights; else those of each part's queries with all keys up to the part's last.
  const seen = (seq + Math.min(seq, attentionQueries)) / 2;
  const attention = nHeads * (seq >= 2 * attentionBlockTokens ? 1 : seen);
  return 4 * dModel + (2 * nHeads + 2 * nKvHeads) * headDim + attention + 3 * ffnDim;
}
