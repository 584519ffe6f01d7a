/** The ablation of PLUG for Italian that restates the instruction in English and answers in Italian alone. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-it-no-pivot-response',
  description: 'A small model tuned to answer Italian by way of an English instruction',
  method: { name: 'plug-no-pivot-response', target: 'it', pivot: 'en' },
});
