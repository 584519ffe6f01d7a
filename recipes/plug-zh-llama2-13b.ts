/**
 * The paper's own run: PLUG for Chinese with Llama 2 13B, all weights, by the authors' hyperparameters. The model is not
 * fetched: `models/Llama-2-13b-hf` is where it is looked for, `--model` says otherwise; so does `--data.train` of the data.
 */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { paper } from './shared/paper.ts';

export default defineRecipe({
  ...paper,
  name: 'plug-zh-llama2-13b',
  description: 'Llama 2 13B tuned for Chinese by way of English, all weights, as in the paper',
  method: { name: 'plug', target: 'zh', pivot: 'en' },
  data: { train: 'datasets/pairs-en-zh.jsonl' },
  // The shape is that of config.json where the model is here; the rest is for --dry-run without it.
  tokenizer: { vocabSize: 32_000 },
  model: {
    ...{ from: 'models/Llama-2-13b-hf', dModel: 5120, nLayers: 40, nHeads: 40, ffnDim: 13_824 },
    ...{ maxSeqLen: 4096, tieEmbeddings: false },
  },
});
