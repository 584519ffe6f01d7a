/** The baseline that is tuned in English alone, and answers Italian zero-shot. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'pivot-only-it',
  description: 'A small model tuned to answer English, asked in Italian',
  method: { name: 'pivot-only', target: 'it', pivot: 'en' },
});
