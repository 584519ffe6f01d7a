/**
 * The study: which comparisons it is made of. The question is the paper's, asked of a world small enough for a CPU: does
 * a model whose knowledge is in the pivot language answer better by way of it?
 */
import { join } from 'node:path';
import type { RecipeOverrides } from '../recipe/schema.ts';

/** One comparison of the study, and what it is to show. */
export interface StudyPart {
  name: string;
  question: string;
  recipes: string[];
  seeds: number;
  sweep?: { key: string; values: string[] };
  /** Recipe of another base model, trained first, that all start from. */
  base?: string;
}

const TARGETS = ['ko', 'zh', 'it', 'es'];
/** Recipes of one target, the baseline first. */
const methods = (target: string): string[] => [
  `mono-${target}`,
  `plug-${target}`,
  `plug-${target}-no-pivot-instruction`,
  `plug-${target}-no-pivot-response`,
  `pivot-only-${target}`,
  `code-switching-${target}`,
  `auxiliary-translation-${target}`,
  `translate-test-${target}`,
];

export const STUDY: readonly StudyPart[] = [
  {
    name: 'methods',
    question: 'Every method of the paper, in four languages',
    recipes: TARGETS.flatMap(methods),
    seeds: 3,
  },
  {
    name: 'control',
    question: 'The same where all facts are told in every language: the gap must shrink',
    recipes: TARGETS.flatMap((target) => [`mono-${target}`, `plug-${target}`]),
    seeds: 1,
    base: 'world-control',
  },
  {
    name: 'examples',
    question: 'How many tuning examples it takes',
    recipes: ['mono-ko', 'plug-ko'],
    seeds: 1,
    sweep: { key: 'data.limit', values: ['32', '64', '128', '256', '512'] },
  },
  {
    name: 'pivots',
    question: 'Other pivot languages',
    recipes: ['plug-it'],
    seeds: 1,
    sweep: { key: 'method.pivot', values: ['en', 'es', 'zh'] },
  },
];

/** One language, one seed, five methods. */
export const QUICK: readonly StudyPart[] = [
  {
    name: 'quick',
    question: 'Five methods in Korean, one seed',
    recipes: ['mono-ko', 'plug-ko', 'plug-ko-no-pivot-instruction', 'pivot-only-ko', 'translate-test-ko'],
    seeds: 1,
  },
];

/** What the base model of a part lays over its recipes. */
export const startingFrom = (base: string): RecipeOverrides => ({
  model: { from: join('checkpoints', base) },
});
