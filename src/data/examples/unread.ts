/**
 * Which fields of a row nobody reads. What they hold is lost to training, so they are counted and named: a column of
 * earlier turns or of tools should not go missing without a word.
 */
import { isObject, type Row } from '../read/row.ts';
import { type ColumnMap, pattern } from './layouts.ts';

/** Fields that tell of a row or a message, and are no part of what it says. */
const ABOUT = new Set(
  (
    'id ids uuid guid hash idx index row number source src dataset subset split category categories topic tags tag ' +
    'domain type kind task difficulty language lang locale url link license author creator model generator ' +
    'created_at updated_at timestamp date time version quality score rating facts rumour'
  ).split(' '),
);
/** Numbers that say how much a row counts. */
const WEIGHTS = new Set(['weight', 'weights', 'sample_weight', 'loss_weight']);

/** True for a text that is no number, a list or an object with something in it, or a weight that is not 1. */
function carriesContent(name: string, value: unknown): boolean {
  if (WEIGHTS.has(name)) return value !== null && value !== undefined && value !== '' && Number(value) !== 1;
  if (typeof value === 'string') return /[^\s\d.,+-]/.test(value);
  return Array.isArray(value) ? value.length > 0 : isObject(value) && Object.keys(value).length > 0;
}

const isAbout = (name: string) => ABOUT.has(name.toLowerCase()) || /(?:^_|_(?:id|ids|url|lang)$)/i.test(name);

/** Names the fields of a row with content that a reader of these columns, in whatever language, does not read. */
export type UnreadFields = (row: Row) => string[];

/** @param columns templates of all columns that are read, `{lang}` standing for the language code */
export function unreadFields(columns: ColumnMap): UnreadFields {
  // Of a field inside objects, the outermost is the one that is read.
  const heads = Object.values(columns).map((template) => pattern(template.split('.')[0]));
  const whole = new Set(Object.values(columns));
  const known = new Map<string, boolean>();
  const mostKnown = 10_000;
  const isRead = (name: string) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const bare = name.replace(/^turn\d+_/, '');
    const read = whole.has(name) || heads.some((head) => head.test(bare)) || isAbout(name);
    if (known.size < mostKnown) known.set(name, read);
    return read;
  };
  const isUnread = (row: Row, name: string) =>
    name !== '__proto__' && carriesContent(name, row[name]) && !isRead(name);
  return (row) => Object.keys(row).filter((name) => isUnread(row, name));
}

/** The fields of a message with content, besides those that are `read`. */
export const unreadOf = (message: Row, read: ReadonlySet<string>): string[] =>
  Object.keys(message).filter(
    (name) => !read.has(name) && !isAbout(name) && carriesContent(name, message[name]),
  );
