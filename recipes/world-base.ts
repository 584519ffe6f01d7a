/**
 * The base model of the study: next-token loss on running text about the made-up world, told mostly in English.
 * `checkpoints/world-base` is what this recipe makes; the tuning recipes start from it.
 */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';

export default defineRecipe({
  name: 'world-base',
  description: 'A small base model that knows its world mostly in English',
  method: { name: 'plain-text', target: 'en' },
  data: { train: 'datasets/world/pretrain.jsonl.gz', validationShare: 0.01, truncation: 'cut' },
  tokenizer: { vocabSize: 2048 },
  model: { dModel: 192, nLayers: 5, nHeads: 6, ffnDim: 512, maxSeqLen: 256 },
  train: {
    packing: true,
    batchSize: 16,
    epochs: 9,
    learningRate: 2e-3,
    schedule: 'cosine',
    weightDecay: 0.1,
    beta2: 0.95,
    saveEvery: 500,
  },
});
