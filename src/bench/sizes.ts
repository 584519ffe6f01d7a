/**
 * What is measured on: the shape of the model and of a batch. Every side of a comparison is given the same plain
 * object, Python's included.
 */
import { type ModelConfig, PLAIN_LLAMA } from '../model/config.ts';

/** A model and a batch of rows that are full. */
export interface StepSize {
  dModel: number;
  nLayers: number;
  nHeads: number;
  ffnDim: number;
  vocabSize: number;
  /** Tokens a row. */
  seq: number;
  /** Rows a step. */
  batch: number;
}

export interface NamedSize extends StepSize {
  /** Timed steps a round, where none are asked for. */
  steps: number;
}

export const SIZES: Record<string, NamedSize> = {
  small: { dModel: 256, nLayers: 4, nHeads: 8, ffnDim: 688, vocabSize: 4096, seq: 128, batch: 8, steps: 20 },
  medium: { dModel: 512, nLayers: 8, nHeads: 8, ffnDim: 1376, vocabSize: 8192, seq: 256, batch: 8, steps: 6 },
  /** For a GPU: the shape of GPT-2 with the vocabulary of Llama 2. */
  large: {
    ...{ dModel: 768, nLayers: 12, nHeads: 12, ffnDim: 2048, vocabSize: 32_000 },
    ...{ seq: 1024, batch: 8, steps: 10 },
  },
};

/** Models that texts are generated with, and their prompts: `seq` tokens, at most `batch` at once. */
export const GENERATION_SIZES: Record<string, StepSize> = {
  '30m': { dModel: 512, nLayers: 8, nHeads: 8, ffnDim: 1376, vocabSize: 8192, seq: 64, batch: 8 },
  '124m': { dModel: 768, nLayers: 12, nHeads: 12, ffnDim: 2048, vocabSize: 50257, seq: 64, batch: 8 },
};
export const NEW_TOKENS = 128;

/** Steps before the timed ones: they compile, and fill what is allocated once. */
export const WARM_UP_STEPS = 3;

export const LEARNING_RATE = 1e-3;

/** The same optimizer on every side: AdamW without decay or clipping. */
export const ADAMW = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0, clipNorm: 0 };

/** What else a step of ours is told, where nothing else is measured. */
export const STEP_OPTIONS = { ...ADAMW, dropout: 0, gradientCheckpointing: false, seed: 0 };

/** The model of a size; ids 0 and 1 are its end and padding tokens. */
export function configOf(size: StepSize): ModelConfig {
  const { dModel, nLayers, nHeads, ffnDim, vocabSize, seq } = size;
  return {
    ...{ vocabSize, dModel, nLayers, nHeads, nKvHeads: nHeads, headDim: dModel / nHeads, ffnDim },
    ...PLAIN_LLAMA,
    ...{ maxSeqLen: seq, ropeTheta: 10000, normEps: 1e-5, tieEmbeddings: true },
    ...{ bosId: null, eosId: 0, padId: 1 },
  };
}

/** `D=256 L=4 …`, as papers and the table write it. */
export function sizeText({ dModel, nLayers, nHeads, ffnDim, vocabSize, seq, batch }: StepSize): string {
  return `D=${dModel} L=${nLayers} H=${nHeads} FF=${ffnDim} V=${vocabSize} T=${seq} B=${batch}`;
}
