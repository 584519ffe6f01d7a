/** The code-switching baseline for Italian: Italian questions answered in English, English ones in Italian. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'code-switching-it',
  description: 'A small model tuned on instruction and response in different languages',
  method: { name: 'code-switching', target: 'it', pivot: 'en' },
});
