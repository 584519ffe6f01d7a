/** PLUG for four languages in one run; each example is seen once in each of them. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-mixture',
  description: 'A small model tuned to answer Korean, Chinese, Italian and Spanish by way of English',
  method: { name: 'plug', target: ['ko', 'zh', 'it', 'es'], pivot: 'en' },
});
