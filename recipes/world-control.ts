/**
 * The base model of the study's control: `world-base` that goes on to read everybody's facts in every language, so that
 * its knowledge is no longer English alone.
 */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import base from './world-base.ts';

export default defineRecipe({
  ...base,
  name: 'world-control',
  description: 'The base model after reading all facts in every language',
  data: { ...base.data, train: 'datasets/world/control.jsonl.gz' },
  model: { from: 'checkpoints/world-base' },
  train: { ...base.train, epochs: 3, learningRate: 1e-3 },
});
