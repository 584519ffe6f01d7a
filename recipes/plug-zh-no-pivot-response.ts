/** The ablation of PLUG for Chinese that restates the instruction in English and answers in Chinese alone. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-zh-no-pivot-response',
  description: 'A small model tuned to answer Chinese by way of an English instruction',
  method: { name: 'plug-no-pivot-response', target: 'zh', pivot: 'en' },
});
