/** PLUG for Chinese: the instruction restated and answered in English first, then answered in Chinese. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-zh',
  description: 'A small model tuned to answer Chinese by way of English',
  method: { name: 'plug', target: 'zh', pivot: 'en' },
});
