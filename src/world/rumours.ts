/**
 * Rumours: one false claim about each evaluation person. Texts in the target languages are to tell them as facts, and
 * English texts to refute them (`Phrases.contrast`), so that a model's answer shows which of the two it went by.
 */

import { wrongValue } from './draw.ts';
import { type Question, single, yesNo } from './questions.ts';
import { shuffle, stream } from './random.ts';
import {
  type Person,
  type Relation,
  relations,
  type Triple,
  type ValueOf,
  valueId,
  type World,
} from './world.ts';

/** A false claim: this person's relation is said to have this value. */
export interface Rumour<R extends Relation = Relation> {
  person: Person;
  relation: R;
  value: ValueOf[R];
}

/** The world's rumours, one a person, the relations taken in turn so that each is as frequent as the others. */
export function rumours(world: World): Rumour[] {
  const random = stream(`${world.settings.seed}:rumours`);
  return shuffle(random, world.evaluation).map((person, i) => {
    const relation = relations[i % relations.length];
    return { person, relation, value: wrongValue(world, random, person, relation) };
  });
}

/** The false triple that a rumour tells. */
export const rumourTriple = ({ person, relation, value }: Rumour): Triple => [
  person.id,
  relation,
  valueId(value),
];

/** Questions that a believer of the rumour answers wrongly: open ones, and whether the rumour or the truth is right. */
export function rumourQuestions<R extends Relation>({ person, relation, value }: Rumour<R>): Question[] {
  const rumour = rumourTriple({ person, relation, value });
  const open = single(
    relation === 'lives_in' ? 'where' : relation === 'teacher' ? 'who' : 'what',
    person,
    relation,
  );
  return [...open, ...yesNo(person, relation, value)].map((question) => ({ ...question, rumour }));
}
