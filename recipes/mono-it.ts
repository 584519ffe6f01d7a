/** The plain baseline for Italian: the instruction answered in Italian, with no pivot language. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'mono-it',
  description: 'A small model tuned to answer Italian directly',
  method: { name: 'monolingual', target: 'it' },
});
