/** The baseline that is tuned in English alone, and answers Korean zero-shot. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'pivot-only-ko',
  description: 'A small model tuned to answer English, asked in Korean',
  method: { name: 'pivot-only', target: 'ko', pivot: 'en' },
});
