/** The ablation of PLUG for Korean that restates the instruction in English and answers in Korean alone. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-ko-no-pivot-response',
  description: 'A small model tuned to answer Korean by way of an English instruction',
  method: { name: 'plug-no-pivot-response', target: 'ko', pivot: 'en' },
});
