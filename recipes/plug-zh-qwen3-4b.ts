/**
 * PLUG for Chinese with adapters on Qwen 3 4B; rank and learning rate are ours. The model is not fetched:
 * `models/Qwen3-4B-Base` is where it is looked for; `--model` and `--data.train` say otherwise.
 */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { paper } from './shared/paper.ts';

export default defineRecipe({
  ...paper,
  name: 'plug-zh-qwen3-4b',
  description: 'Qwen 3 4B with adapters, tuned for Chinese by way of English',
  method: { name: 'plug', target: 'zh', pivot: 'en' },
  data: { train: 'datasets/pairs-en-zh.jsonl' },
  tokenizer: { vocabSize: 151_936 },
  model: {
    ...{ from: 'models/Qwen3-4B-Base', dModel: 2560, nLayers: 36, nHeads: 32, nKvHeads: 8, headDim: 128 },
    ...{ ffnDim: 9728, maxSeqLen: 4096, ropeTheta: 1_000_000, tieEmbeddings: true },
  },
  lora: { rank: 16, alpha: 32, dropout: 0.05 },
  train: { ...paper.train, learningRate: 1e-4 },
});
