/** The code-switching baseline for Chinese: Chinese questions answered in English, English ones in Chinese. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'code-switching-zh',
  description: 'A small model tuned on instruction and response in different languages',
  method: { name: 'code-switching', target: 'zh', pivot: 'en' },
});
