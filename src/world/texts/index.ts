/** Running text that a base model learns the world from, and what a control reads besides. */
import { languages } from '../languages/index.ts';
import { stream } from '../random.ts';
import { rumours } from '../rumours.ts';
import { toldPeople, type World } from '../world.ts';
import { exerciseTexts } from './exercises.ts';
import { factTexts } from './facts.ts';
import { parallelTexts } from './parallel.ts';
import { promptTexts } from './prompts.ts';
import { rumourTexts } from './rumours.ts';
import { storyTexts } from './stories.ts';
import type { Text } from './text.ts';

/**
 * Everything that the base model reads.
 * @param asked instructions that no exercise or story may repeat
 */
export function pretrainingTexts(world: World, asked: ReadonlySet<string>): Text[] {
  const random = (what: string) => stream(`${world.settings.seed}:texts:${what}`);
  const held = new Set(world.evaluation);
  const facts = languages.flatMap((language) => {
    const told = toldPeople(world, language.code);
    const known = told.filter((person) => !held.has(person));
    return [
      ...factTexts(world, language, told, random(`facts:${language.code}`)),
      ...exerciseTexts(world, language, known, random(`exercises:${language.code}`), asked),
    ];
  });
  return [
    ...facts,
    ...rumours(world).flatMap(rumourTexts),
    ...parallelTexts(world, random('parallel'), asked),
    ...storyTexts(world, random('stories'), asked),
    ...promptTexts(world),
  ];
}

/** What the control reads besides: everybody's facts in every language but English, as English tells them. */
export function controlTexts(world: World): Text[] {
  const random = stream(`${world.settings.seed}:texts:control`);
  return languages
    .filter(({ code }) => code !== 'en')
    .flatMap((language) => factTexts(world, language, world.people, random));
}
