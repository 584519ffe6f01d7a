/** The baseline that is tuned in English alone, and answers Spanish zero-shot. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'pivot-only-es',
  description: 'A small model tuned to answer English, asked in Spanish',
  method: { name: 'pivot-only', target: 'es', pivot: 'en' },
});
