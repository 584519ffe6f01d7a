/**
 * What a language of the world must be able to say. Each file in `languages/` is one object of this type: its nouns,
 * its grammar and its wording; nothing else in the world knows a word of it. Wordings are lists, and the same place in
 * the list means the same in every language.
 */
import type { GivenName, Script } from './names.ts';
import type { Animal, Person, Profession, Relation, ValueOf } from './world.ts';

/** How to speak about one relation; `value` need not be true of the person. */
export interface Phrases<V> {
  /** The name of the relation as a form's heading: "profession". */
  heading: string;
  /** The same as part of a list: "profession", "la professione". */
  label: string;
  /** Full clauses without capital or full stop; the first is what answers use. */
  clauses(person: Person, value: V): string[];
  /** The clause without its subject; `last` is false where another predicate follows. */
  predicate(person: Person, value: V, last: boolean): string;
  /** Three questions for the value. */
  questions(person: Person): string[];
  /** A question to be answered with yes or no. */
  ask(person: Person, value: V): string;
  /** The clause that sets the value against a wrong one. */
  contrast(person: Person, value: V, wrong: V): string;
  /** The value alone. */
  bare(value: V, person: Person): string;
}

/** Things that arithmetic stories count. */
export const items = ['apple', 'book', 'egg', 'pencil', 'flower', 'coin', 'ball', 'orange'] as const;
export type Item = (typeof items)[number];

/** The plots of arithmetic stories. */
export const plots = ['receive', 'give', 'together', 'more', 'boxes', 'days', 'animals'] as const;
export type Plot = (typeof plots)[number];

/** One arithmetic story without language: two small numbers, and who and what they are about. */
export interface Story {
  plot: Plot;
  a: number;
  b: number;
  /** The computation, "5 + 3 = 8", and its result. */
  sum: string;
  answer: number;
  who: GivenName;
  other: GivenName;
  item: Item;
  /** Whom things come from or go to. */
  helper: { profession: Profession; gender: 'm' | 'f' };
  /** What the plot `animals` counts. */
  pets: [Animal, Animal];
}

/** An instruction and its response in one language. */
export interface Exchange {
  instruction: string;
  response: string;
}

/** The relations that two people are compared by. */
export type SharedRelation = 'lives_in' | 'has_pet';

export interface Language {
  /** As in `instruction_xx`. */
  code: string;
  script: Script;
  phrases: { [R in Relation]: Phrases<ValueOf[R]> };
  /** A clause with its capital letter and full stop. */
  sentence(clause: string): string;
  /** A clause about a person of one to three predicates. */
  tell(person: Person, predicates: string[]): string;
  /** The same where the person was named in the sentence before. */
  tellAgain(person: Person, predicates: string[]): string;
  /** Two clauses side by side, as in "A lives here and B lives there". */
  pair(first: string, second: string): string;
  yes(clause: string): string;
  no(clause: string): string;
  /** Asks whether a clause is right. */
  isRight(clause: string): string;
  /** Requests to correct a clause. */
  correct(clause: string): string[];
  who: { questions(person: Person): string[]; clause(person: Person): string };
  list(person: Person, labels: string[]): string[];
  describe(person: Person): string[];
  /** Who is older, who is younger: the question, and the clause that answers it. */
  older: { question(a: Person, b: Person): string; clause(older: Person, a: Person, b: Person): string };
  younger: { question(a: Person, b: Person): string; clause(younger: Person, a: Person, b: Person): string };
  same: {
    [R in SharedRelation]: {
      question(a: Person, b: Person): string;
      clause(a: Person, b: Person, value: ValueOf[R]): string;
    };
  };
  /** Requests for a form, put after a question. */
  oneWord: string;
  numberOnly: string;
  /** Asks for a value as "name: value", and writes it so. */
  named: { request(person: Person, phrases: { heading: string; label: string }): string; colon: string };
  stories: Record<Plot, (story: Story) => Exchange>;
}

/** Upper-cases the first letter of a text. */
export const capital = (text: string): string => text[0].toUpperCase() + text.slice(1);

/** "a", "a AND b", "a, b AND c". */
export const enumerate = (parts: string[], and: string, comma = ', '): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(comma)}${and}${parts[parts.length - 1]}`;
