/** The baseline for Spanish with translation tasks beside the answers. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'auxiliary-translation-es',
  description: 'A small model tuned to answer Spanish directly, and to translate',
  method: { name: 'auxiliary-translation', target: 'es', pivot: 'en' },
});
