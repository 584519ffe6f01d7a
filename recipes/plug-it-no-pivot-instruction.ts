/** The ablation of PLUG for Italian that answers in English first without restating the instruction. */
import { defineRecipe } from '../src/recipe/defineRecipe.ts';
import { world } from './shared/world.ts';

export default defineRecipe({
  ...world,
  name: 'plug-it-no-pivot-instruction',
  description: 'A small model tuned to answer Italian by way of an English answer',
  method: { name: 'plug-no-pivot-instruction', target: 'it', pivot: 'en' },
});
