/** Rows that a command goes past, since the model cannot read them: named, and counted by their reasons. */

/** Most rows that are named one by one. */
const MOST_NAMED = 10;

/** A row that was not worked on. */
export interface Left {
  /** `questions.jsonl:8`. */
  place: string;
  id: string;
  reason: string;
}

/** A line for each of the first rows, and one for the others. */
export function leftLines(rows: Left[]): string[] {
  const named = rows.slice(0, MOST_NAMED).map(({ place, id, reason }) => `${place} (id ${id}): ${reason}`);
  const more = rows.length - named.length;
  return more > 0 ? [...named, `and ${more.toLocaleString('en')} more rows`] : named;
}

/** Columns that are named in the one line of a warning. */
const MOST_COLUMNS = 8;

/**
 * The warning that rows have columns with content that are not used.
 * @param columns each with the number of its rows
 */
export function unusedLine(columns: [name: string, rows: number][], fix: string): string {
  const named = columns
    .slice(0, MOST_COLUMNS)
    .map(([name, rows]) => `${name} in ${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`);
  const more = columns.length - named.length;
  const rest = more > 0 ? `, and ${more.toLocaleString('en')} more` : '';
  return `Warning: not used: ${named.join(', ')}${rest}; ${fix}`;
}

/** The same for columns which would change what is asked. */
export const unreadLine = (columns: Record<string, number>): string =>
  unusedLine(Object.entries(columns), 'only the instruction and its input are asked');

/** The error for a prompt that leaves no room for an answer. */
export const tooLongLine = (where: string, tokens: number, maxSeqLen: number): string =>
  `${where}: expected fewer than ${maxSeqLen} tokens, as the model can read, got ${tokens}; shorten it`;

/** `not answered: 3 of 12 rows`. */
export const leftCount = (what: string, left: number, all: number): string =>
  `${what}: ${left.toLocaleString('en')} of ${all.toLocaleString('en')} rows`;
