/**
 * How the authors tuned 13 B models (arXiv 2311.08711, section 4.1 and their scripts): AdamW at 5e-6, linear, warm-up of
 * 3 %, no decay, 64 sequences a step, 4 passes, seed 42, greedy answers.
 */
import type { RecipeInput } from '../../src/recipe/schema.ts';

export const paper = {
  train: {
    batchSize: 1,
    gradAccumSteps: 64,
    gradientCheckpointing: true,
    epochs: 4,
    learningRate: 5e-6,
    schedule: 'linear',
    warmupRatio: 0.03,
    weightDecay: 0,
    precision: 'bf16',
    seed: 42,
  },
  generate: { maxNewTokens: 1024, temperature: 0 },
} satisfies Partial<RecipeInput>;
