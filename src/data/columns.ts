/**
 * Which columns of a row hold what, and what a row says in one language. The layouts known by themselves stand
 * at the top; a recipe names others with `data.columns`. `load.ts` calls this row by row.
 */
import { UserError } from '../errors.ts';
import type { LanguageCode, Turn } from '../methods/parts/example.ts';
import { displayPath } from '../recipe/paths.ts';
import type { Recipe } from '../recipe/schema.ts';
import { type Row, RowError } from './read.ts';

/** Column names, `{lang}` standing for the language code. Columns of later turns have `turn2_`, … before them. */
export type ColumnMap = Exclude<Recipe['data']['columns'], 'auto'>;

/** The layouts that `data.columns: 'auto'` tries, in order. */
export const LAYOUTS: readonly ColumnMap[] = [
  { id: 'id', instruction: 'instruction_{lang}', input: 'input_{lang}', response: 'response_{lang}' },
  { id: 'id', instruction: 'instruction_{lang}', input: 'input_{lang}', response: 'output_{lang}' },
];

/** Where a row stands, for errors. */
export interface Place {
  path: string;
  line: number;
}

const quoted = (languages: LanguageCode[]) => languages.map((language) => `"${language}"`).join(', ');

const column = (template: string, language: LanguageCode) => template.replaceAll('{lang}', language);

/** Languages for which `row` has the instruction and the response of `map`. */
function languagesIn(row: Row, map: ColumnMap): LanguageCode[] {
  const [before, after] = map.instruction.split('{lang}');
  return Object.keys(row)
    .filter((field) => field.startsWith(before) && field.endsWith(after))
    .map((field) => field.slice(before.length, field.length - after.length))
    .filter((language) => column(map.response, language) in row);
}

/**
 * The columns to read: those of the recipe, or the first known layout that `row` has for all `languages`.
 *
 * @param row first row of the file
 * @throws UserError listing the row's fields and how to name the columns
 */
export function findColumns(
  wanted: 'auto' | ColumnMap,
  row: Row,
  languages: LanguageCode[],
  { path, line }: Place,
): ColumnMap {
  const where = `${displayPath(path)}:${line}`;
  const fields = `the row has ${Object.keys(row).join(', ') || 'no field'}`;
  if (wanted !== 'auto') {
    const same = ['instruction', 'response'].find(
      (key) => !wanted[key as 'instruction' | 'response'].includes('{lang}'),
    );
    if (same && languages.length > 1) {
      throw new UserError(`data.columns.${same} must contain {lang}, as it is read for ${quoted(languages)}`);
    }
    for (const template of [wanted.instruction, wanted.response]) {
      for (const name of languages.map((language) => column(template, language))) {
        if (!(name in row))
          throw new UserError(`${where}: expected a field "${name}" (data.columns); ${fields}`);
      }
    }
    return wanted;
  }
  const found = LAYOUTS.map((map) => ({ map, has: languagesIn(row, map) }));
  const match = found.find(({ has }) => languages.every((language) => has.includes(language)));
  if (match) return match.map;
  const partly = found.find(({ has }) => has.length > 0);
  if (partly) {
    throw new UserError(
      `${where}: expected columns for the languages ${quoted(languages)}, got ${quoted(partly.has)} ` +
        `(choose with --method.target and --method.pivot); ${fields}`,
    );
  }
  const known = LAYOUTS.map(({ instruction, response }) => `${instruction} with ${response}`).join(', ');
  throw new UserError(
    `${where}: expected columns of a known layout (${known}); ${fields}. Name them in the recipe's data.columns, ` +
      `or: --data.columns.instruction 'question_{lang}' --data.columns.response 'answer_{lang}'`,
  );
}

/** Ways in which data sets write that an instruction has no input; the letters alone are compared. */
const NO_INPUT = new Set(['noinput', 'noinputrequired', '无输入', '没有输入', '无需输入']);

/** True for a text that only says that there is no input, such as `<noinput>`. */
export function saysNoInput(text: string): boolean {
  const letters = text.replace(/&[lg]t;/g, '').replace(/\P{L}/gu, '');
  return NO_INPUT.has(letters.toLowerCase());
}

/** A field that must hold text. */
function textField(row: Row, name: string, { path, line }: Place): string {
  const value = row[name];
  const fail = (got: string, reason: string): never => {
    const problem = `field "${name}": expected a non-empty string, got ${got}`;
    throw new RowError(path, line, problem, `${name}: ${reason}`);
  };
  if (value === undefined) return fail('no such field', 'missing');
  if (value === null) return fail('null', 'null');
  if (typeof value !== 'string') return fail(JSON.stringify(value).slice(0, 50), 'not a string');
  if (value.trim() === '') return fail(JSON.stringify(value), 'empty');
  if (saysNoInput(value)) return fail(`the placeholder ${JSON.stringify(value)}`, '<noinput>');
  return value.trim();
}

/** A field that may be missing, null, empty or say that there is nothing. */
function optionalField(row: Row, name: string, { path, line }: Place): string {
  const value = row[name] ?? '';
  if (typeof value !== 'string') {
    const got = JSON.stringify(value).slice(0, 50);
    const problem = `field "${name}": expected a string, got ${got}`;
    throw new RowError(path, line, problem, `${name}: not a string`);
  }
  return saysNoInput(value) || /^\s*n\/a\.?\s*$/i.test(value) ? '' : value.trim();
}

const filled = (value: unknown) => value !== undefined && value !== null && value !== '';

/**
 * The conversation of a row in each of `languages`, turn by turn, an input joined to its instruction by a
 * blank line.
 *
 * @throws RowError naming the field that is not text
 */
export function readTurns(
  row: Row,
  map: ColumnMap,
  languages: LanguageCode[],
  place: Place,
): Record<LanguageCode, Turn[]> {
  const turns: Record<LanguageCode, Turn[]> = Object.fromEntries(languages.map((language) => [language, []]));
  for (let turn = 1; ; turn++) {
    const name = (template: string, language: LanguageCode) =>
      `${turn > 1 ? `turn${turn}_` : ''}${column(template, language)}`;
    const names = languages.flatMap((language) => [
      name(map.instruction, language),
      name(map.response, language),
    ]);
    if (turn > 1 && !names.some((field) => filled(row[field]))) return turns;
    for (const language of languages) {
      const instruction = textField(row, name(map.instruction, language), place);
      const input = map.input ? optionalField(row, name(map.input, language), place) : '';
      const response = textField(row, name(map.response, language), place);
      turns[language].push({ instruction: input ? `${instruction}\n\n${input}` : instruction, response });
    }
  }
}
