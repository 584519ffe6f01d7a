/** The plain baseline for Spanish: the instruction answered in Spanish, with no pivot language. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'mono-es',
  description: 'A small model tuned to answer Spanish directly',
  method: { name: 'monolingual', target: 'es' },
});
