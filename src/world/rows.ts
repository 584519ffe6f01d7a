/**
 * The rows of every file of the world. `tune` and `validation` are about tuning people, and validation asks differently
 * about facts that tuning tells; the three files of `evaluate/` are about people whom the others never mention.
 */
import { draw, unseen } from './draw.ts';
import { languages } from './languages/index.ts';
import type { Question } from './questions.ts';
import { shuffle, stream } from './random.ts';
import { rumourQuestions, rumours, rumourTriple } from './rumours.ts';
import { tripleKey, type World } from './world.ts';

/** One line of a file; texts stand in `instruction_xx` and `response_xx` for each language. */
export type Row = { id: string } & Omit<Question, 'text'> &
  Record<`instruction_${string}` | `response_${string}`, string>;

/** Puts questions into rows, numbered from `first`. */
export const toRows = (questions: Question[], first: number): Row[] =>
  questions.map(({ text, ...rest }, i) => ({
    id: `world-${String(first + i).padStart(6, '0')}`,
    ...rest,
    ...Object.fromEntries(
      languages.flatMap(({ code }) => [
        [`instruction_${code}`, text[code].instruction],
        [`response_${code}`, text[code].response],
      ]),
    ),
  }));

/** The rows of each file, by its path below the data folder; ids run on from file to file. */
export function worldRows(world: World): Record<string, Row[]> {
  const { seed, tune: tuneCounts, validation: validationCounts, evaluate } = world.settings;
  const isNew = unseen();
  const random = (file: string) => stream(`${seed}:${file}`);

  const tune = draw(world, random('tune'), world.tuning, tuneCounts, isNew);
  const told = new Set(tune.flatMap(({ facts }) => facts.map(tripleKey)));
  const toldIn = (question: Question): boolean => question.facts.every((fact) => told.has(tripleKey(fact)));
  const validation = draw(
    world,
    random('validation'),
    world.tuning,
    validationCounts,
    (question) => toldIn(question) && isNew(question),
  );

  // open questions keep clear of what a rumour is about: the truthfulness file asks that
  const all = rumours(world);
  const rumoured = new Set(all.map((rumour) => rumourTriple(rumour).slice(0, 2).join(' ')));
  const open = draw(
    world,
    random('open'),
    world.evaluation,
    evaluate.open,
    (question) =>
      question.facts.every(([person, relation]) => !rumoured.has(`${person} ${relation}`)) && isNew(question),
  );
  const truthfulness = shuffle(random('truthfulness'), all.flatMap(rumourQuestions))
    .filter(isNew)
    .slice(0, evaluate.truthfulness);
  const arithmetic = draw(world, random('arithmetic'), [], { arithmetic: evaluate.arithmetic }, isNew);

  const files = {
    'tune.jsonl': tune,
    'validation.jsonl': validation,
    'evaluate/open.jsonl': open,
    'evaluate/truthfulness.jsonl': truthfulness,
    'evaluate/arithmetic.jsonl': arithmetic,
  };
  let first = 0;
  const rows: Record<string, Row[]> = {};
  for (const [file, questions] of Object.entries(files)) {
    rows[file] = toRows(questions, first);
    first += questions.length;
  }
  return rows;
}
