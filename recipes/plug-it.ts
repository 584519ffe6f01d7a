/** PLUG for Italian: the instruction restated and answered in English first, then answered in Italian. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-it',
  description: 'A small model tuned to answer Italian by way of English',
  method: { name: 'plug', target: 'it', pivot: 'en' },
});
