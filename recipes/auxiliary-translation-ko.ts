/** The baseline for Korean with translation tasks beside the answers. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'auxiliary-translation-ko',
  description: 'A small model tuned to answer Korean directly, and to translate',
  method: { name: 'auxiliary-translation', target: 'ko', pivot: 'en' },
});
