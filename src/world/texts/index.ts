/** Running text that a base model learns the world from, and what a control reads besides. */
import { languages } from '../languages/index.ts';
import { shuffle, stream } from '../random.ts';
import { rumours } from '../rumours.ts';
import { toldPeople, type World } from '../world.ts';
import { factTexts } from './facts.ts';
import { parallelTexts } from './parallel.ts';
import { promptTexts } from './prompts.ts';
import { rumourTexts } from './rumours.ts';
import { storyTexts } from './stories.ts';
import type { Text } from './text.ts';

/**
 * Everything that the base model reads, in random order.
 * @param asked instructions that no story may repeat
 */
export function pretrainingTexts(world: World, asked: ReadonlySet<string>): Text[] {
  const random = (what: string) => stream(`${world.settings.seed}:texts:${what}`);
  const facts = languages.flatMap((language) =>
    factTexts(world, language, toldPeople(world, language.code), random(`facts:${language.code}`)),
  );
  return shuffle(random('order'), [
    ...facts,
    ...rumours(world).flatMap(rumourTexts),
    ...parallelTexts(world, random('parallel'), asked),
    ...storyTexts(world, random('stories'), asked),
    ...promptTexts(world),
  ]);
}

/** What the control reads besides: everybody's facts in every language but English, as English tells them. */
export function controlTexts(world: World): Text[] {
  const random = stream(`${world.settings.seed}:texts:control`);
  const told = languages
    .filter(({ code }) => code !== 'en')
    .flatMap((language) => factTexts(world, language, world.people, random));
  return shuffle(random, told);
}
