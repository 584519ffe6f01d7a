/** The baseline that is tuned in English alone; prompts in other languages (--method.target ko) are answered zero-shot. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'pivot-only-en',
  description: 'A small model tuned to answer English',
  method: { name: 'pivot-only', target: 'en', pivot: 'en' },
});
