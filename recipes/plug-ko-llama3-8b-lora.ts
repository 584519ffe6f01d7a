/**
 * PLUG for Korean with adapters on Llama 3 8B. The authors tuned all weights; rank and learning rate are ours. The model
 * is not fetched: `models/Meta-Llama-3-8B` is where it is looked for; `--model` and `--data.train` say otherwise.
 */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { paper } from './shared/paper.ts';

export default defineRecipe({
  ...paper,
  name: 'plug-ko-llama3-8b-lora',
  description: 'Llama 3 8B with adapters, tuned for Korean by way of English',
  method: { name: 'plug', target: 'ko', pivot: 'en' },
  data: { train: 'datasets/pairs-en-ko.jsonl' },
  tokenizer: { vocabSize: 128_256 },
  model: {
    ...{ from: 'models/Meta-Llama-3-8B', dModel: 4096, nLayers: 32, nHeads: 32, nKvHeads: 8, ffnDim: 14_336 },
    ...{ maxSeqLen: 8192, ropeTheta: 500_000, tieEmbeddings: false },
  },
  lora: { rank: 16, alpha: 32, dropout: 0.05 },
  train: { ...paper.train, learningRate: 2e-4 },
});
