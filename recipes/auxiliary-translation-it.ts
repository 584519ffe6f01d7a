/** The baseline for Italian with translation tasks beside the answers. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'auxiliary-translation-it',
  description: 'A small model tuned to answer Italian directly, and to translate',
  method: { name: 'auxiliary-translation', target: 'it', pivot: 'en' },
});
