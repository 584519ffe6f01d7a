/** Questions of every kind with their answers, as books of exercises have them: what answering is learned from. */
import { questionsOf } from '../draw.ts';
import type { Language } from '../language.ts';
import type { Random } from '../random.ts';
import type { Person, World } from '../world.ts';
import { askedText, type Text } from './text.ts';

/** @param asked instructions that no exercise may repeat */
export function exerciseTexts(
  world: World,
  language: Language,
  people: Person[],
  random: Random,
  asked: ReadonlySet<string>,
): Text[] {
  const each = Math.ceil((world.settings.texts.exercises * people.length) / KINDS.length);
  return KINDS.flatMap((kind) =>
    questionsOf(world, random, kind, people)
      .filter(({ text }) => !asked.has(text[language.code].instruction))
      .slice(0, each)
      .map(({ text, facts }): Text => {
        return {
          kind: 'question',
          languages: [language.code],
          facts,
          ...askedText(language, text[language.code]),
        };
      }),
  );
}

const KINDS = ['who', 'where', 'what', 'list', 'compare', 'describe', 'yes-no', 'correct', 'form'] as const;
