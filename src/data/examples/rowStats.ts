/**
 * What became of the rows: every row that is read is counted once, here. `source.ts`, `join.ts` and `load.ts`
 * count as they go; the command line shows the sums.
 */
import type { LanguageCode } from '../../methods/parts/example.ts';
import type { Recipe } from '../../recipe/schema.ts';
import type { OnBad } from '../read/row.ts';

/**
 * What became of the rows: `read` is the sum of `kept`, `skipped`, `duplicates`, all of `withoutPartner` and
 * `notSampled`. With `data.pivot`, two rows that are joined count as one, at the time they meet; a row of
 * `data.pivot` counts by itself where it is bad or no row of `data.train` has its id. Rows that still wait for
 * their partner when `data.limit` ends the reading are not counted.
 */
export interface RowStats {
  /** Files read, in order, those of `data.pivot` among them. */
  files: string[];
  read: number;
  /** Rows that became examples. */
  kept: number;
  /** Bad rows that were left out. */
  skipped: number;
  /** Bad rows by reason, such as `output_zh: empty`. */
  reasons: Record<string, number>;
  /** Rows that say the same as an earlier one, as `data.deduplicate` has it. */
  duplicates: number;
  /** Rows that hold nothing in a language that is needed, by that language: `ko`, or `ko, en` for both. */
  withoutPartner: Record<string, number>;
  /** Good rows that are not in the random sample of `data.limit`. */
  notSampled: number;
  /** Fields with content that nobody reads, by name, and the rows that have them; `messages[].name` in a message. */
  unread: Record<string, number>;
  /** Turns of kept rows that are not learned, since the data give them the weight 0. */
  untrained: number;
}

export function emptyRowStats(): RowStats {
  return {
    files: [],
    read: 0,
    kept: 0,
    skipped: 0,
    reasons: {},
    duplicates: 0,
    withoutPartner: {},
    notSampled: 0,
    unread: {},
    untrained: 0,
  };
}

/** Counts a row that ended in one of the plain ways. */
export function countRow(stats: RowStats, outcome: 'kept' | 'duplicates' | 'notSampled'): void {
  stats.read += 1;
  stats[outcome] += 1;
}

/** Counts a row that holds nothing in `missing`. */
export function countWithoutPartner(stats: RowStats, missing: LanguageCode[]): void {
  const key = missing.join(', ');
  stats.read += 1;
  stats.withoutPartner[key] = (stats.withoutPartner[key] ?? 0) + 1;
}

/** Most fields that are counted by name: rows may each have names of their own. */
const MOST_NAMES = 200;
const OTHER_NAMES = 'other fields';

/** Counts a row for each of its fields that nobody reads. */
export function countUnread({ unread }: RowStats, names: Iterable<string>): void {
  for (const name of names) {
    const known = Object.hasOwn(unread, name);
    const key = known || Object.keys(unread).length < MOST_NAMES ? name : OTHER_NAMES;
    unread[key] = (Object.hasOwn(unread, key) ? unread[key] : 0) + 1;
  }
}

/** What a bad row does, as the recipe says: stop with its error and a hint, or be counted. */
export function badRowHandler(stats: RowStats, onBadRow: Recipe['data']['onBadRow']): OnBad {
  return (error) => {
    if (onBadRow === 'stop') {
      error.message += ' (--data.onBadRow skip leaves such rows out and counts them)';
      throw error;
    }
    stats.read += 1;
    stats.skipped += 1;
    stats.reasons[error.reason] = (stats.reasons[error.reason] ?? 0) + 1;
  };
}
