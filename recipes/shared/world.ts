/**
 * What all recipes on the made-up world have in common: its files, and the base model that they start from, which knows
 * that world mostly in English. Each recipe beside this folder adds a name and a method.
 */
import type { RecipeInput } from '../../src/recipe/schema.ts';

export const world = {
  data: {
    train: 'datasets/world/tune.jsonl',
    validation: 'datasets/world/validation.jsonl',
    limit: 300,
    sampling: 'random',
  },
  model: { from: 'checkpoints/world-base' },
  train: {
    batchSize: 16,
    epochs: 6,
    learningRate: 3e-4,
    schedule: 'cosine',
    weightDecay: 0.1,
    beta2: 0.95,
  },
  generate: { maxNewTokens: 192 },
  evaluate: {
    data: ['open', 'truthfulness', 'arithmetic'].map((name) => `datasets/world/evaluate/${name}.jsonl`),
  },
} satisfies Partial<RecipeInput>;
