/** Translate-test for Korean: translated into English, answered there, and translated back, by one model. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'translate-test-ko',
  description: 'A small model that translates into English, answers there, and translates back',
  method: { name: 'translate-test', target: 'ko', pivot: 'en' },
});
