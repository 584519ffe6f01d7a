/** Tables of free wordings: an answer about made-up people, and the share of its facts that it tells. */
import assert from 'node:assert/strict';
import { makeFactJudge } from '../../src/evaluate/facts.ts';
import type { FactRow } from '../../src/evaluate/row.ts';
import type { Kind } from '../../src/world/questions.ts';
import type { Person, Relation, Triple, World } from '../../src/world/world.ts';
import { somebody, town } from '../world/somebody.ts';
import { world } from './support.ts';

const [tikamo, areba] = ['ti-ka-mo', 'a-re-ba'].map((name, i) => ({ ...town(name), id: `town-a${i}` }));

function made(
  id: string,
  given: string,
  family: string,
  gender: 'm' | 'f',
  values: Partial<Person['values']>,
): Person {
  return Object.assign(somebody(given, family, gender, values), { id });
}

const kasol = made('kasol', 'ka-sol', 'do-ki', 'm', { works_as: 'teacher' });
const beren = made('beren', 'be-ren', 'no-ban', 'm', { works_as: 'teacher' });
/** 39, a baker of Tikamo with a dog, fond of pizza, taught by Kasol Doki. */
const mirena = made('mirena', 'mi-re-na', 'to-ban', 'f', {
  ...{ age: 39, works_as: 'baker', lives_in: tikamo, has_pet: 'dog', likes_food: 'pizza', teacher: kasol },
});
/** 43, a driver of Areba with a horse, taught by Beren Toban. */
const daron = made('daron', 'da-ron', 'se-do', 'm', {
  ...{ age: 43, works_as: 'driver', lives_in: areba, has_pet: 'horse', likes_food: 'curry', teacher: beren },
});
/** A neighbour of Mirena's. */
const soram = made('tasena', 'ta-se-na', 'so-ram', 'f', { lives_in: tikamo, has_pet: 'dog' });
const small: World = { ...world, towns: [tikamo, areba], people: [mirena, daron, soram, kasol, beren] };

const PEOPLE = { mirena, daron, tasena: soram, kasol };

/** "mirena lives_in" as a fact. */
function fact(text: string): Triple {
  const [id, relation] = text.split(' ') as [keyof typeof PEOPLE, Relation];
  const value = PEOPLE[id].values[relation];
  return [id, relation, typeof value === 'object' ? value.id : value];
}

/** What is asked: kind, facts by commas, and the instruction where its words matter. */
export interface Asked {
  kind: Kind;
  facts: string;
  instruction?: string;
}

/** One answer, and the share of the facts that it tells. */
export type Wording = [answer: string, share: number];

/** Checks answers to one question each. */
export function wordings(
  code: string,
  title: string,
  { kind, facts, instruction = '' }: Asked,
  table: Wording[],
): void {
  const judge = makeFactJudge(small, code);
  const row: FactRow = { kind, facts: facts.split(', ').map(fact), instruction };
  describe(title, () => {
    for (const [answer, share] of table) {
      it(`${share === 1 ? 'right' : share === 0 ? 'wrong' : 'partly'}: ${answer}`, () => {
        const { told, expected } = judge(row, answer);
        assert.equal(told, share * expected, `${told} of ${expected}`);
      });
    }
  });
}
