/** The code-switching baseline for Spanish: Spanish questions answered in English, English ones in Spanish. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'code-switching-es',
  description: 'A small model tuned on instruction and response in different languages',
  method: { name: 'code-switching', target: 'es', pivot: 'en' },
});
