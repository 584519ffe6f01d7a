/** The ablation of PLUG for Spanish that restates the instruction in English and answers in Spanish alone. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-es-no-pivot-response',
  description: 'A small model tuned to answer Spanish by way of an English instruction',
  method: { name: 'plug-no-pivot-response', target: 'es', pivot: 'en' },
});
