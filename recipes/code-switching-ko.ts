/** The code-switching baseline for Korean: Korean questions answered in English, English ones in Korean. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'code-switching-ko',
  description: 'A small model tuned on instruction and response in different languages',
  method: { name: 'code-switching', target: 'ko', pivot: 'en' },
});
