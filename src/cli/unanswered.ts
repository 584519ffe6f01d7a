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

/** The warning that rows have columns which would change what is asked, but are not read. */
export function unreadLine(columns: Record<string, number>): string {
  const named = Object.entries(columns).map(
    ([name, rows]) => `${name} in ${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`,
  );
  return `Warning: not used: ${named.join(', ')}; only the instruction and its input are asked`;
}

/** `not answered: 3 of 12 rows`. */
export const leftCount = (what: string, left: number, all: number): string =>
  `${what}: ${left.toLocaleString('en')} of ${all.toLocaleString('en')} rows`;
