/**
 * Questions about facts: each function returns every question of its kind about some people, with the facts that the
 * answer tells and the text in all languages. `rows.ts` draws from them; nothing here is random.
 */
import { capital, type Exchange, type Language, type SharedRelation } from './language.ts';
import { languages } from './languages/index.ts';
import { bareValue, beside, clause, phrasesFor, sideBySide, statement } from './sentences.ts';
import type { KindCounts } from './settings.ts';
import {
  type Person,
  type Relation,
  relations,
  type Triple,
  triple,
  type ValueOf,
  valueId,
} from './world.ts';

export type Kind = keyof KindCounts;

/** A question and its answer in every language. */
export interface Question {
  kind: Kind;
  /** The facts that the answer tells; none for arithmetic. */
  facts: Triple[];
  /** The number that an arithmetic story asks for. */
  answer?: number;
  /** The false triple that a rumour tells about what is asked. */
  rumour?: Triple;
  /** By language code. */
  text: Record<string, Exchange>;
}

/** Writes a question in every language. */
export function inEveryLanguage(write: (language: Language) => Exchange): Question['text'] {
  return Object.fromEntries(languages.map((language) => [language.code, write(language)]));
}

/** The same question in as many wordings as `ask` gives. */
function wordings(
  kind: Kind,
  facts: Triple[],
  ask: (language: Language) => string[],
  answer: (language: Language) => string,
): Question[] {
  return ask(languages[0]).map((_, i) => ({
    kind,
    facts,
    text: inEveryLanguage((language) => ({ instruction: ask(language)[i], response: answer(language) })),
  }));
}

/** Who is this, and who is their teacher. */
export const who = (person: Person): Question[] => [
  ...wordings(
    'who',
    [triple(person, 'works_as'), triple(person, 'lives_in')],
    (language) => language.who.questions(person),
    (language) => language.sentence(language.who.clause(person)),
  ),
  ...single('who', person, 'teacher'),
];

/** Where this person lives. */
export const where = (person: Person): Question[] => single('where', person, 'lives_in');

/** What this person does, has, likes, and how old they are. */
export const what = (person: Person): Question[] =>
  (['works_as', 'has_pet', 'likes_food', 'age'] as const).flatMap((relation) =>
    single('what', person, relation),
  );

/** One fact, asked in three wordings. */
export const single = (kind: Kind, person: Person, relation: Relation): Question[] =>
  wordings(
    kind,
    [triple(person, relation)],
    (language) => phrasesFor(language, relation).questions(person),
    (language) => language.sentence(clause(language, person, relation)),
  );

/** Two or three facts at once. */
export function list(person: Person): Question[] {
  const sets = relations.flatMap((a, i) =>
    relations.slice(i + 1).flatMap((b, j) => [[a, b], ...relations.slice(i + j + 2).map((c) => [a, b, c])]),
  );
  return sets.flatMap((set) =>
    wordings(
      'list',
      set.map((relation) => triple(person, relation)),
      (language) =>
        language.list(
          person,
          set.map((relation) => phrasesFor(language, relation).label),
        ),
      (language) => statement(language, person, set),
    ),
  );
}

/** Two sentences of two facts each. */
export const describe = (person: Person): Question[] =>
  wordings(
    'describe',
    (['works_as', 'lives_in', 'has_pet', 'likes_food'] as const).map((relation) => triple(person, relation)),
    (language) => language.describe(person),
    (language) =>
      beside(
        language,
        statement(language, person, ['works_as', 'lives_in']),
        statement(language, person, ['has_pet', 'likes_food'], true),
      ),
  );

/** Yes or no, about the true value and about a wrong one. */
export function yesNo<R extends Relation>(person: Person, relation: R, wrong: ValueOf[R]): Question[] {
  const facts = [triple(person, relation)];
  const ask = (language: Language, value: ValueOf[R]): string[] => [
    phrasesFor(language, relation).ask(person, value),
    language.isRight(clause(language, person, relation, value)),
  ];
  return [
    ...wordings(
      'yes-no',
      facts,
      (language) => ask(language, person.values[relation]),
      (language) => language.yes(clause(language, person, relation)),
    ),
    ...wordings(
      'yes-no',
      facts,
      (language) => ask(language, wrong),
      (language) => language.no(clause(language, person, relation)),
    ),
  ];
}

/** A false claim to be put right. */
export const correct = <R extends Relation>(person: Person, relation: R, wrong: ValueOf[R]): Question[] =>
  wordings(
    'correct',
    [triple(person, relation)],
    (language) => language.correct(clause(language, person, relation, wrong)),
    (language) =>
      language.sentence(phrasesFor(language, relation).contrast(person, person.values[relation], wrong)),
  );

/** Two people of different age: who is older, who is younger. */
export function ages(a: Person, b: Person): Question[] {
  const [younger, older] = a.values.age < b.values.age ? [a, b] : [b, a];
  const facts = [triple(a, 'age'), triple(b, 'age')];
  return [
    ...wordings(
      'compare',
      facts,
      (language) => [language.older.question(a, b)],
      (language) => language.sentence(language.older.clause(older, a, b)),
    ),
    ...wordings(
      'compare',
      facts,
      (language) => [language.younger.question(a, b)],
      (language) => language.sentence(language.younger.clause(younger, a, b)),
    ),
  ];
}

/** Two people: do they share a town or a kind of pet. */
export const same = <R extends SharedRelation>(a: Person, b: Person, relation: R): Question[] =>
  wordings(
    'compare',
    [triple(a, relation), triple(b, relation)],
    (language) => [language.same[relation].question(a, b)],
    (language) =>
      valueId(a.values[relation]) === valueId(b.values[relation])
        ? language.yes(language.same[relation].clause(a, b, a.values[relation]))
        : language.no(sideBySide(language, a, b, relation)),
  );

/** An answer in a given form: one word, the number alone, "name: value". */
export function form(person: Person): Question[] {
  const short = (['lives_in', 'has_pet', 'age'] as const).flatMap((relation) =>
    wordings(
      'form',
      [triple(person, relation)],
      (language) =>
        phrasesFor(language, relation)
          .questions(person)
          .slice(0, 2)
          .map((question) => {
            const request = relation === 'age' ? language.numberOnly : language.oneWord;
            return beside(language, question, request);
          }),
      (language) => capital(bareValue(language, person, relation)),
    ),
  );
  const named = (['lives_in', 'works_as', 'has_pet', 'likes_food'] as const).flatMap((relation) =>
    wordings(
      'form',
      [triple(person, relation)],
      (language) => [language.named.request(person, phrasesFor(language, relation))],
      (language) =>
        `${person.name[language.script]}${language.named.colon}${bareValue(language, person, relation)}`,
    ),
  );
  return [...short, ...named];
}
