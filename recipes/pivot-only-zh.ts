/** The baseline that is tuned in English alone, and answers Chinese zero-shot. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'pivot-only-zh',
  description: 'A small model tuned to answer English, asked in Chinese',
  method: { name: 'pivot-only', target: 'zh', pivot: 'en' },
});
