/**
 * What all recipes on the made-up world have in common: its files, and a model small enough to be tuned in
 * minutes on two processor cores. Each recipe beside this folder adds a name and a method.
 */
import type { RecipeInput } from '../../src/recipe/schema.ts';

export const world = {
  data: { train: 'datasets/world/tune.jsonl', validation: 'datasets/world/validation.jsonl' },
  tokenizer: { vocabSize: 2048 },
  model: { dModel: 128, nLayers: 4, nHeads: 4, ffnDim: 384, maxSeqLen: 256 },
  train: {
    batchSize: 32,
    epochs: 15,
    learningRate: 2e-3,
    schedule: 'cosine',
    weightDecay: 0.1,
    beta2: 0.95,
    validateEvery: 100,
    saveEvery: 100,
  },
} satisfies Partial<RecipeInput>;
