/**
 * Which columns of a file hold what. The layouts known by themselves stand at the top; a recipe names others with
 * `data.columns`. A layout is found once a file, from its first row; `columns.ts` then reads the rows by it.
 */
import { UserError } from '../../errors.ts';
import type { LanguageCode } from '../../methods/parts/example.ts';
import type { Recipe } from '../../recipe/schema.ts';
import { shownFields } from '../../shown.ts';
import { isObject, type Place, type Row, showPlace } from '../read/row.ts';

/** Column names, `{lang}` standing for the language code; a dot goes into an object. */
export type ColumnMap = Exclude<Recipe['data']['columns'], 'auto'>;

export interface Layout {
  columns: ColumnMap;
  /** The languages that the file's first row holds; null where a file of this layout holds one, without a name. */
  languages: LanguageCode[] | null;
  /** The rows have ids. */
  hasId: boolean;
}

const id = 'id';
const several = {
  ...{ id, system: 'system_{lang}', history: 'history_{lang}' },
  ...{ instruction: 'instruction_{lang}', input: 'input_{lang}' },
};
const one = { id, system: 'system', history: 'history', instruction: 'instruction', input: 'input' };

/** The layouts that `data.columns: 'auto'` tries. Those of several languages come before those of one. */
export const LAYOUTS: readonly ColumnMap[] = [
  { ...several, response: 'response_{lang}' },
  { ...several, response: 'output_{lang}' },
  { id, system: '{lang}.persona', dialogue: '{lang}.dialogue' },
  { id, system: 'system_{lang}', dialogue: 'messages_{lang}' },
  { id, system: 'system_{lang}', dialogue: 'conversations_{lang}' },
  { ...one, response: 'response' },
  { ...one, response: 'output' },
  { id, system: 'system', dialogue: 'messages' },
  { id, system: 'system', dialogue: 'conversations' },
  { id, system: 'system', instruction: 'prompt', response: 'completion' },
];

/** The same of running text. */
export const TEXT_LAYOUTS: readonly ColumnMap[] = [
  { id, text: 'text_{lang}' },
  { id, text: 'text' },
  { id, text: 'content' },
];

export const quoted = (names: Iterable<string>) => [...names].map((name) => `"${name}"`).join(', ');

/** The name of a column in one language. */
export const column = (template: string, language: LanguageCode) => template.replaceAll('{lang}', language);

/** What stands in a column: a field of that very name, or one inside objects. */
export function fieldOf(row: Row, name: string): unknown {
  if (Object.hasOwn(row, name)) return row[name];
  if (!name.includes('.')) return undefined;
  let value: unknown = row;
  for (const part of name.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, part)) return undefined;
    value = value[part];
  }
  return value;
}

/** The keys of the columns without which there is nothing to learn. */
const mainKeys = ({ dialogue, text }: ColumnMap) =>
  text !== undefined
    ? (['text'] as const)
    : dialogue !== undefined
      ? (['dialogue'] as const)
      : (['instruction', 'response'] as const);

const mainColumns = (columns: ColumnMap) => mainKeys(columns).map((key) => columns[key] as string);

/** True for columns that name the language. */
export const holdsLanguages = (columns: ColumnMap) =>
  mainColumns(columns).some((template) => template.includes('{lang}'));

/** The part of a name that stands for the language, as a pattern; a second `{lang}` must be the same. */
export function pattern(template: string): RegExp {
  const [first, ...others] = template.split('{lang}').map((text) => text.replace(/[^\w]/g, '\\$&'));
  const code = '([a-z]{2,3}(?:-[A-Za-z0-9]+)*)';
  return new RegExp(`^${first}${others.map((text, i) => (i === 0 ? code : '\\1') + text).join('')}$`);
}

/** Languages for which `value` has a field of that name. */
function codesIn(value: unknown, template: string): LanguageCode[] {
  if (!isObject(value)) return [];
  const whole = pattern(template);
  const codes = Object.keys(value).flatMap((key) => whole.exec(key)?.[1] ?? []);
  const [head, ...rest] = template.split('.');
  if (rest.length === 0) return codes;
  if (!head.includes('{lang}')) return [...codes, ...codesIn(value[head], rest.join('.'))];
  const inside = codesIn(value, head).filter((code) => {
    const object = value[column(head, code)];
    return isObject(object) && fieldOf(object, column(rest.join('.'), code)) !== undefined;
  });
  return [...codes, ...inside];
}

/** Languages for which `row` has the columns of a conversation. */
export function languagesIn(row: Row, columns: ColumnMap): LanguageCode[] {
  const [first, ...others] = mainColumns(columns);
  const template = first.includes('{lang}')
    ? first
    : (others.find((other) => other.includes('{lang}')) ?? first);
  return codesIn(row, template).filter((code) =>
    mainColumns(columns).every((main) => fieldOf(row, column(main, code)) !== undefined),
  );
}

/**
 * Whether `row` has the columns of a conversation, or of running text, as the recipe names them or a known layout does.
 * It tells a row from an object that holds rows, before the layout of its file is known.
 */
export function looksLikeRow(row: Row, wanted: 'auto' | ColumnMap, textOnly = false): boolean {
  const layouts = wanted !== 'auto' ? [wanted] : textOnly ? TEXT_LAYOUTS : LAYOUTS;
  return layouts.some((columns) =>
    holdsLanguages(columns) ? languagesIn(row, columns).length > 0 : hasMainColumns(row, columns),
  );
}

const hasMainColumns = (row: Row, columns: ColumnMap) =>
  mainColumns(columns).every((name) => fieldOf(row, name) !== undefined);

/** What a known layout is called in an error. */
const nameOf = (columns: ColumnMap) => mainColumns(columns).join(' with ');

/** The columns that the recipe names, which the row must have. */
function checkOwn(
  columns: ColumnMap,
  row: Row,
  needed: LanguageCode[],
  where: string,
  fields: string,
): Layout {
  const several = holdsLanguages(columns);
  const same = mainKeys(columns).find((key) => !columns[key]?.includes('{lang}'));
  if (several && same && needed.length > 1) {
    throw new UserError(`data.columns.${same} must contain {lang}, as it is read for ${quoted(needed)}`);
  }
  const languages = several ? languagesIn(row, columns) : null;
  const must = languages?.length ? [] : mainColumns(columns).map((template) => column(template, needed[0]));
  if (columns.id !== undefined) must.push(columns.id);
  for (const name of must) {
    if (fieldOf(row, name) === undefined) {
      throw new UserError(`${where}: expected a field "${name}" (data.columns); ${fields}`);
    }
  }
  return { columns, languages, hasId: columns.id !== undefined };
}

/**
 * The layout of a file: the columns of the recipe, or the known layout that holds most of the languages needed,
 * the first of them where several do, or else one of other languages.
 *
 * @param row first row of the file
 * @param needed languages that are read, for choosing and for messages
 * @param textOnly running text is looked for, else conversations
 * @throws UserError listing the row's fields and how to name the columns
 */
export function findLayout(
  wanted: 'auto' | ColumnMap,
  row: Row,
  needed: LanguageCode[],
  place: Place,
  textOnly = false,
): Layout {
  const where = showPlace(place);
  const fields = `the row has ${shownFields(row)}`;
  if (wanted !== 'auto') {
    if ((wanted.text !== undefined) === textOnly) return checkOwn(wanted, row, needed, where, fields);
    throw new UserError(
      textOnly
        ? 'data.columns: expected text for a method that learns running text, got columns of a conversation'
        : 'data.columns: expected columns of a conversation, got text; method.name plain-text learns running text',
    );
  }

  const layouts = textOnly ? TEXT_LAYOUTS : LAYOUTS;
  const found = layouts
    .map((columns) => ({ columns, languages: languagesIn(row, columns) }))
    .filter(({ languages }) => languages.length > 0)
    .map((layout) => ({ ...layout, holds: needed.filter((code) => layout.languages.includes(code)).length }));
  const most = Math.max(...found.map(({ holds }) => holds));
  const best = found.find(({ holds }) => holds === most);
  const single = layouts.find((columns) => !holdsLanguages(columns) && hasMainColumns(row, columns));
  const hasId = fieldOf(row, id) !== undefined;
  if (best && (most > 0 || !single)) return { columns: best.columns, languages: best.languages, hasId };
  if (single) return { columns: single, languages: null, hasId };
  const known = layouts.map(nameOf).join('; ');
  if (textOnly) {
    throw new UserError(
      `${where}: expected a column of running text (${known}); ${fields}. Name it: --data.columns.text COLUMN`,
    );
  }
  throw new UserError(
    `${where}: expected columns of a known layout (${known}); ${fields}. Name them in the recipe's data.columns, ` +
      `or: --data.columns.instruction 'question_{lang}' --data.columns.response 'answer_{lang}', ` +
      `or one --data.columns.dialogue for a whole conversation; {lang} stands for the language code`,
  );
}
