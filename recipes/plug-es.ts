/** PLUG for Spanish: the instruction restated and answered in English first, then answered in Spanish. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-es',
  description: 'A small model tuned to answer Spanish by way of English',
  method: { name: 'plug', target: 'es', pivot: 'en' },
});
