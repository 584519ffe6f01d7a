/**
 * Evaluation files to rows: only an instruction is needed, in the language asked for; what else a row holds decides how
 * its answer is scored. Reading itself is the data room's.
 */
import { basename } from 'node:path';
import { idText } from '../data/examples/ids.ts';
import { column, fieldOf } from '../data/examples/layouts.ts';
import { type Fail, filled, nothingIn, optionalText, requiredText } from '../data/examples/text.ts';
import { plainDigits } from '../data/read/numbers.ts';
import { type PlacedRow, readRows } from '../data/read/read.ts';
import { isObject, type Row, RowError, showPlace } from '../data/read/row.ts';
import { UserError } from '../errors.ts';
import { strip } from '../methods/parts/strip.ts';
import { displayPath } from '../paths.ts';
import { kindOf, shownFields } from '../shown.ts';
import type { Kind } from '../world/questions.ts';
import { defaultSettings } from '../world/settings.ts';
import { buildWorld, relations, type Triple, valueId, type World } from '../world/world.ts';
import { READINGS } from './readings/index.ts';
import type { EvaluationRow } from './row.ts';

/** Columns as `data.columns` names them, `{lang}` standing for the language code. */
export interface EvaluationColumns {
  id: string;
  instruction: string;
  input?: string;
}

export interface ReadOptions {
  /** Language that is asked in. */
  target: string;
  /** Language that is drafted in. */
  pivot?: string;
  /** Names given for columns; found by themselves where they are the usual ones. */
  columns?: Partial<EvaluationColumns>;
  /** Number of rows to take of each file, the first ones. */
  limit?: number;
  world?: World;
  /** Told at the end of columns that would change what is asked, but are not read, with the rows that have them. */
  onUnread?: (columns: Record<string, number>) => void;
}

/** The columns that an instruction is looked for in. */
const USUAL = ['instruction_{lang}', 'question_{lang}', 'prompt_{lang}', 'instruction', 'question', 'prompt'];

/** The column of an input, which belongs to an instruction found in one of these. */
const INPUTS: Record<string, string> = { 'instruction_{lang}': 'input_{lang}', instruction: 'input' };

/** The columns that the right answer is looked for in, or a list of right answers. */
const ANSWERS = [
  ...['response_{lang}', 'output_{lang}', 'best_answer_{lang}', 'reference_{lang}', 'answer_{lang}'],
  ...['response', 'output', 'best_answer', 'reference', 'completion', 'answer'],
  ...['correct_answers_{lang}', 'references_{lang}', 'correct_answers', 'references', 'answers'],
];

/** Columns that say more to the model than an instruction does. They are not read; the data statistics count them. */
const CONTEXT = [
  'system_{lang}',
  'history_{lang}',
  'system',
  'history',
  'messages',
  'conversations',
  'context',
];

function instructionColumn(placed: PlacedRow, { target, columns }: ReadOptions): string {
  const names = columns?.instruction ? [columns.instruction] : USUAL;
  const found = names.find((name) => fieldOf(placed.row, column(name, target)) !== undefined);
  if (found) return found;
  const fields = shownFields(placed.row);
  const expected = names.map((name) => `"${column(name, target)}"`).join(', ');
  const one = names.length > 1 ? 'one of the fields ' : 'a field ';
  throw new UserError(
    `${showPlace(placed)}: expected ${one}${expected}, got ${fields}; choose the language with --method.target, ` +
      `or name the column: --data.columns.instruction 'question_{lang}'`,
  );
}

const KINDS = Object.keys(defaultSettings.tune);

/** True for a triple about somebody and something that the world has. */
function isTriple(value: unknown, world: World): value is Triple {
  if (!Array.isArray(value) || value.length !== 3) return false;
  const [person, relation, told] = value;
  const known = relations.includes(relation) && world.people.some(({ id }) => id === person);
  return known && (relation === 'age' ? typeof told === 'number' : isValue(told, relation, world));
}

const isValue = (told: unknown, relation: Triple[1], world: World) =>
  world.people.some(
    ({ id, values }) => valueId(values[relation]) === told || (relation === 'teacher' && id === told),
  ) ||
  (relation === 'lives_in' && world.towns.some(({ id }) => id === told));

/** What the row holds of the world. */
function worldFields(row: Row, fail: Fail, target: string, world: World): Partial<EvaluationRow> {
  const { kind, facts, rumour } = row;
  if (typeof kind !== 'string' || !KINDS.includes(kind) || !Array.isArray(facts)) return {};
  const shown = (value: unknown) => JSON.stringify(value) ?? kindOf(value);
  for (const fact of rumour === undefined ? facts : [...facts, rumour]) {
    if (!isTriple(fact, world)) fail(`expected triples of the made-up world, got ${shown(fact)}`, 'facts');
  }
  if (kind !== 'arithmetic' && facts.length === 0) fail('expected at least one fact, got none', 'facts');
  if (facts.length > 0 && !READINGS[target]) {
    throw new UserError(
      `--method.target: expected a language that facts can be read in (${Object.keys(READINGS).join(', ')}) ` +
        `for rows with facts, got "${target}"`,
    );
  }
  return { kind: kind as Kind, facts, ...(rumour !== undefined && { rumour: rumour as Triple }) };
}

/** The instruction with its input, or why there is none. */
function instructionOf(
  row: Row,
  name: string,
  inputName: string | undefined,
  failAt: (name: string) => Fail,
): Pick<EvaluationRow, 'instruction' | 'unanswerable'> {
  const value = fieldOf(row, name);
  const nothing = nothingIn(value);
  if (nothing) return { instruction: '', unanswerable: `field "${name}": ${nothing[0]}` };
  const asked = requiredText(value, failAt(name));
  const input = inputName ? optionalText(fieldOf(row, inputName), failAt(inputName)) : '';
  return { instruction: input ? `${asked}\n\n${input}` : asked };
}

/** Texts of a column of right answers: a text, a number, a list of these, or an object with a list `text` (SQuAD). */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [strip(value)];
  if (typeof value === 'number') return [plainDigits(String(value))];
  if (Array.isArray(value)) return [...new Set(value.flatMap(textsOf))];
  return isObject(value) && Array.isArray(value.text) ? textsOf(value.text) : [];
}

/** The right answers of a row. */
function referencesOf(row: Row, target: string): Pick<EvaluationRow, 'reference' | 'references'> {
  const value = ANSWERS.map((name) => fieldOf(row, column(name, target))).find(
    (one) => filled(one) && textsOf(one).length > 0,
  );
  const texts = textsOf(value);
  return { ...(texts.length > 0 && { reference: texts[0] }), ...(texts.length > 1 && { references: texts }) };
}

/** A number, also as text; undefined for anything else, which is then no answer to compare with. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^\s*-?[\d,]+(\.\d+)?\s*$/.test(value)) return undefined;
  return Number(value.replaceAll(',', ''));
}

/**
 * The rows of files or folders, in order.
 * @throws UserError when a file cannot be read or has no instruction in the language; RowError for a bad row
 */
export async function readEvaluationRows(paths: string[], options: ReadOptions): Promise<EvaluationRow[]> {
  const {
    target,
    pivot,
    columns,
    limit = Number.POSITIVE_INFINITY,
    world = buildWorld(),
    onUnread,
  } = options;
  const rows: EvaluationRow[] = [];
  const unread: Record<string, number> = {};
  const names = columns?.instruction ? [columns.instruction] : USUAL;
  const isRow = (row: Row) => names.some((name) => fieldOf(row, column(name, target)) !== undefined);
  for (const path of paths) {
    let template: string | undefined;
    let taken = 0;
    const ids = new Set<string>();
    for await (const placed of readRows(path, undefined, isRow)) {
      if (taken === limit) break;
      const { row, line } = placed;
      template ??= instructionColumn(placed, options);
      const failAt =
        (name: string): Fail =>
        (problem, reason) => {
          throw new RowError(placed, `field "${name}": ${problem}`, `${name}: ${reason}`);
        };
      const nameOf = (one: string | undefined) => one && column(one, target);
      const inputName = nameOf(columns?.input ?? INPUTS[template]);
      const pivotName = pivot && template.includes('{lang}') && column(template, pivot);
      const inPivot = pivotName ? optionalText(fieldOf(row, pivotName), failAt(pivotName)) : '';
      const idName = columns?.id ?? 'id';
      const id = idText(fieldOf(row, idName), failAt(idName)) ?? String(line);
      if (ids.has(id)) failAt(idName)(`expected an id of its own, got "${id}" again`, 'twice');
      ids.add(id);
      const answer = numberOf(row.answer);
      for (const name of CONTEXT.map((one) => column(one, target))) {
        if (name !== inputName && filled(fieldOf(row, name))) unread[name] = (unread[name] ?? 0) + 1;
      }
      rows.push({
        id,
        file: basename(path),
        place: showPlace({ ...placed, path: basename(placed.path) }),
        ...instructionOf(row, column(template, target), inputName, failAt),
        ...(inPivot && { inPivot }),
        ...referencesOf(row, target),
        ...worldFields(row, failAt('facts'), target, world),
        ...(answer !== undefined && { answer }),
      });
      taken += 1;
    }
  }
  if (Object.keys(unread).length > 0) onUnread?.(unread);
  if (rows.length > 0) return rows;
  throw new UserError(`${paths.map(displayPath).join(', ')}: expected rows to ask, got none`);
}
