/** Everything about some people in one language, in many wordings and orders: what knowledge is learned from. */
import { wrongValue } from '../draw.ts';
import type { Language } from '../language.ts';
import { single } from '../questions.ts';
import { between, pick, type Random, shuffle } from '../random.ts';
import { beside, clause, phrasesFor, statement } from '../sentences.ts';
import { type Person, type Relation, relations, triple, type World } from '../world.ts';
import { askedText, type Text } from './text.ts';

/** Facts of each person in many wordings and orders, and questions with their answers. */
export function factTexts(world: World, language: Language, people: Person[], random: Random): Text[] {
  const { statements, descriptions, questions } = world.settings.texts;
  return people.flatMap((person) => {
    const tell = (told: Relation[], text: string, kind: Text['kind'] = 'facts'): Text => ({
      kind,
      languages: [language.code],
      facts: told.map((relation) => triple(person, relation)),
      text,
    });
    const some = (count: number) => shuffle(random, relations).slice(0, count);
    const times = (count: number, make: () => Text) => Array.from({ length: count }, make);
    return [
      ...relations.flatMap((relation) => [
        tell([relation], language.sentence(clause(language, person, relation))),
        tell([relation], language.sentence(clause(language, person, relation, undefined, 1))),
        tell([relation], language.sentence(contrast(world, language, person, relation, random))),
      ]),
      tell(['works_as', 'lives_in'], language.sentence(language.who.clause(person))),
      ...times(statements, () => {
        const told = some(between(random, 1, 3));
        return tell(told, statement(language, person, told));
      }),
      ...times(descriptions, () => {
        const told = some(4);
        const [first, second] = [told.slice(0, 2), told.slice(2)];
        const sentences = [statement(language, person, first), statement(language, person, second, true)];
        return tell(told, beside(language, ...sentences));
      }),
      ...times(questions, () => {
        const relation = pick(random, relations);
        const exchange = pick(random, single('what', person, relation)).text[language.code];
        const { text, asked } = askedText(language, exchange);
        return { ...tell([relation], text, 'question'), asked };
      }),
    ];
  });
}

const contrast = <R extends Relation>(
  world: World,
  language: Language,
  person: Person,
  relation: R,
  random: Random,
): string =>
  phrasesFor(language, relation).contrast(
    person,
    person.values[relation],
    wrongValue(world, random, person, relation),
  );
