/** The ablation of PLUG for Korean that answers in English first without restating the instruction. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-ko-no-pivot-instruction',
  description: 'A small model tuned to answer Korean by way of an English answer',
  method: { name: 'plug-no-pivot-instruction', target: 'ko', pivot: 'en' },
});
