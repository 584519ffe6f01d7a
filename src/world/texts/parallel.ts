/**
 * The same text in two languages, a line each: what words, names and forms of questions are learned from. About people
 * of the world they only ask, and name no value; what they tell is about people of no world.
 */
import { questionsOf } from '../draw.ts';
import { inventedPeople } from '../invented.ts';
import { languages } from '../languages/index.ts';
import type { Question } from '../questions.ts';
import { pick, type Random, shuffle } from '../random.ts';
import type { Person, World } from '../world.ts';
import { newStories } from './stories.ts';
import type { Text } from './text.ts';

/** @param asked instructions that no story may repeat */
export function parallelTexts(world: World, random: Random, asked: ReadonlySet<string>): Text[] {
  const { parallel, parallelEnglish } = world.settings.texts;
  const [en, ...others] = languages.map(({ code }) => code);
  const two = (): string[] =>
    random() < parallelEnglish ? [en, pick(random, others)] : shuffle(random, others).slice(0, 2);
  const someOf = (pool: Question[], count: number): Text[] =>
    shuffle(random, pool)
      .slice(0, count)
      .map((question) => parallelText(random, question, pick(random, SIDES), two()));

  const about = (person: Person): Text[] => {
    const questions = shuffle(
      random,
      NAMING.flatMap((kind) => questionsOf(world, random, kind, [person])),
    );
    return others.flatMap((code, i) =>
      questions
        .slice(i * parallel.questions, (i + 1) * parallel.questions)
        .map((question) => parallelText(random, question, 'instruction', [en, code])),
    );
  };
  const invented = inventedPeople(world);
  const statements = KINDS.flatMap((kind) =>
    questionsOf(world, random, kind, invented).slice(0, Math.ceil((2 * parallel.others) / KINDS.length)),
  );
  return [
    ...world.people.flatMap(about),
    ...someOf(statements, parallel.others),
    ...someOf(newStories(random, parallel.stories, asked), parallel.stories),
  ];
}

const SIDES = ['instruction', 'response'] as const;
/** Kinds whose instructions name a person and no value. */
const NAMING = ['who', 'where', 'what', 'list', 'describe', 'form'] as const;
const KINDS = [...NAMING, 'compare', 'yes-no', 'correct'] as const;

/** One side of a question in two languages, in either order. */
function parallelText(random: Random, { text }: Question, side: (typeof SIDES)[number], two: string[]): Text {
  const order = shuffle(random, two);
  return {
    kind: 'parallel',
    languages: order,
    facts: [],
    text: order.map((code) => text[code][side]).join('\n'),
  };
}
