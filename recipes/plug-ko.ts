/** PLUG for Korean: the instruction restated and answered in English first, then answered in Korean. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-ko',
  description: 'A small model tuned to answer Korean by way of English',
  method: { name: 'plug', target: 'ko', pivot: 'en' },
});
