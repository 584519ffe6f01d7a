/**
 * Facts as text: one fact as a clause or statement, several of one person as a sentence. Everything that tells facts,
 * answers here and training text elsewhere, is built from these few functions.
 */
import type { Language, Phrases } from './language.ts';
import type { Person, Relation, ValueOf } from './world.ts';

/** The language's phrases for one relation, typed by that relation. */
export const phrasesFor = <R extends Relation>(language: Language, relation: R): Phrases<ValueOf[R]> =>
  language.phrases[relation];

/** A clause for a value, by default the true one; wording 0 is what answers use. */
export const clause = <R extends Relation>(
  language: Language,
  person: Person,
  relation: R,
  value: ValueOf[R] = person.values[relation],
  wording = 0,
): string => phrasesFor(language, relation).clauses(person, value)[wording];

/** The value alone, as a person of this gender has it. */
export const bareValue = <R extends Relation>(
  language: Language,
  person: Person,
  relation: R,
  value: ValueOf[R] = person.values[relation],
): string => phrasesFor(language, relation).bare(value, person);

/** The true clause without its subject; `last` is false where another predicate follows. */
export const predicate = <R extends Relation>(
  language: Language,
  person: Person,
  relation: R,
  last = true,
): string => phrasesFor(language, relation).predicate(person, person.values[relation], last);

/** One sentence that tells some true facts of a person; `again` where the sentence before named the person. */
export function statement(language: Language, person: Person, relations: Relation[], again = false): string {
  const parts = relations.map((relation, i) =>
    predicate(language, person, relation, i === relations.length - 1),
  );
  const text = again ? language.tellAgain(person, parts) : language.tell(person, parts);
  return language.sentence(text);
}

/** Texts one after the other, as the language's script spaces them. */
export const beside = ({ script }: Language, ...texts: string[]): string =>
  texts.join(script === 'han' ? '' : ' ');

/** Two people side by side: "A lives in X and B lives in Y", without full stop. */
export const sideBySide = (language: Language, a: Person, b: Person, relation: Relation): string =>
  language.pair(
    language.tell(a, [predicate(language, a, relation, false)]),
    language.tell(b, [predicate(language, b, relation)]),
  );
