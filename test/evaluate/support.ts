/** Rows of the project's own data as evaluation rows, and what the tests of scores change about their answers. */
import { readFileSync } from 'node:fs';
import { READINGS } from '../../src/evaluate/readings/index.ts';
import type { EvaluationRow } from '../../src/evaluate/row.ts';
import { makeScorer, type Scorer } from '../../src/evaluate/score.ts';
import type { Row } from '../../src/world/rows.ts';
import { bareValue } from '../../src/world/sentences.ts';
import {
  animals,
  buildWorld,
  foods,
  type Person,
  professions,
  type Relation,
  type Triple,
  type ValueOf,
} from '../../src/world/world.ts';

export const CODES = ['en', 'ko', 'zh', 'it', 'es'];
export const world = buildWorld();
export const scorers: Record<string, Scorer> = Object.fromEntries(
  CODES.map((code) => [code, makeScorer(code, undefined, world)]),
);

const FILES = ['tune', 'validation', 'evaluate/open', 'evaluate/truthfulness', 'evaluate/arithmetic'];
const root = new URL('../../datasets/world/', import.meta.url);

/** Every row of the world's files. */
export const rows: Row[] = FILES.flatMap((file) =>
  readFileSync(new URL(`${file}.jsonl`, root), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line)),
);

/** A row as it is asked in one language. */
export const asked = (row: Row, code: string): EvaluationRow => {
  const { id, kind, facts, rumour, answer } = row;
  const instruction = row[`instruction_${code}`];
  return {
    id,
    file: 'rows',
    instruction,
    kind,
    facts,
    ...(rumour && { rumour }),
    ...(answer !== undefined && { answer }),
  };
};

export const reference = (row: Row, code: string): string => row[`response_${code}`];

export const person = (id: string): Person => world.people.find((one) => one.id === id) as Person;

/** A value of the relation by its id. */
export function valueById(relation: Relation, id: string | number): ValueOf[Relation] {
  if (relation === 'lives_in') return world.towns.find((town) => town.id === id) as ValueOf['lives_in'];
  return relation === 'teacher' ? person(id as string) : (id as ValueOf[Relation]);
}

/** All values of a relation. */
export const valuesOf: { [R in Relation]: (string | number)[] } = {
  age: Array.from({ length: 62 }, (_, i) => 18 + i),
  works_as: [...professions],
  lives_in: world.towns.map(({ id }) => id),
  has_pet: [...animals],
  likes_food: [...foods],
  teacher: world.people.slice(0, world.settings.teachers).map(({ id }) => id),
};

/** A value as the language writes it. */
export const written = (code: string, [id, relation]: Triple, value: string | number): string =>
  bareValue(READINGS[code].world, person(id), relation, valueById(relation, value) as never);
