/** The plain baseline for Korean: the instruction answered in Korean, with no pivot language. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'mono-ko',
  description: 'A small model tuned to answer Korean directly',
  method: { name: 'monolingual', target: 'ko' },
});
