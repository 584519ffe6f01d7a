/** Arithmetic stories with their answers, most of them in English. */
import { languages } from '../languages/index.ts';
import type { Question } from '../questions.ts';
import type { Random } from '../random.ts';
import { arithmetic, drawStory } from '../stories.ts';
import type { World } from '../world.ts';
import { askedText, type Text } from './text.ts';

/** @param asked instructions that no story may repeat */
export function storyTexts(world: World, random: Random, asked: ReadonlySet<string>): Text[] {
  const { texts, toldShare } = world.settings;
  return languages.flatMap((language) =>
    newStories(random, Math.round(texts.stories * (toldShare[language.code] ?? 0)), asked).map(
      ({ text }): Text => {
        return {
          kind: 'story',
          languages: [language.code],
          facts: [],
          ...askedText(language, text[language.code]),
        };
      },
    ),
  );
}

/** Stories whose instruction is not among those asked in any language. */
export function newStories(random: Random, count: number, asked: ReadonlySet<string>): Question[] {
  const stories: Question[] = [];
  while (stories.length < count) {
    const story = arithmetic(drawStory(random));
    if (!Object.values(story.text).some(({ instruction }) => asked.has(instruction))) stories.push(story);
  }
  return stories;
}
