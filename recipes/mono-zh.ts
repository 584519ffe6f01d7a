/** The plain baseline for Chinese: the instruction answered in Chinese, with no pivot language. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'mono-zh',
  description: 'A small model tuned to answer Chinese directly',
  method: { name: 'monolingual', target: 'zh' },
});
