/** The baseline for Chinese with translation tasks beside the answers. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'auxiliary-translation-zh',
  description: 'A small model tuned to answer Chinese directly, and to translate',
  method: { name: 'auxiliary-translation', target: 'zh', pivot: 'en' },
});
