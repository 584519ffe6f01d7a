/**
 * Files to examples: reads the rows, finds their columns, checks each row, and gives an account of what was
 * read and what was left out and why. Training and `npm run data` load their examples here.
 */

import type { Example, LanguageCode } from '../methods/parts/example.ts';
import type { Recipe } from '../recipe/schema.ts';
import { type ColumnMap, findColumns, readTurns } from './columns.ts';
import { RowError, readRows } from './read.ts';

/** What became of the rows. */
export interface LoadAccount {
  files: string[];
  /** Rows seen; read = kept + skipped. */
  read: number;
  /** Rows that became examples. */
  kept: number;
  /** Bad rows that were left out. */
  skipped: number;
  /** Bad rows by reason, such as `output_zh: empty`. */
  reasons: Record<string, number>;
}

/** The id of a row as text, or else its place. */
function idOf(row: Record<string, unknown>, map: ColumnMap, path: string, line: number): string {
  const value = map.id === undefined ? undefined : row[map.id];
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string' && value !== '') return value;
  return `${path.replace(/^.*[\\/]/, '')}:${line}`;
}

/**
 * The examples of `data.train` in each of `languages`, in the order of the files, at most `data.limit` of them.
 * A bad row or an id that came before stops with an error or is skipped and counted, as `data.onBadRow` says.
 *
 * @throws RowError `FILE:LINE: field "output_zh": expected a non-empty string, got null`
 * @throws UserError when a file cannot be read, or its columns are not known
 */
export async function loadExamples(
  data: Pick<Recipe['data'], 'train' | 'columns' | 'limit' | 'onBadRow'>,
  languages: LanguageCode[],
): Promise<{ examples: Example[]; account: LoadAccount }> {
  const files = [data.train].flat();
  const examples: Example[] = [];
  const account: LoadAccount = { files, read: 0, kept: 0, skipped: 0, reasons: {} };
  const seen = new Set<string>();
  const onBad = (error: RowError) => {
    if (data.onBadRow === 'stop') {
      error.message += ' (--data.onBadRow skip leaves such rows out and counts them)';
      throw error;
    }
    account.read += 1;
    account.skipped += 1;
    account.reasons[error.reason] = (account.reasons[error.reason] ?? 0) + 1;
  };

  const enough = () => data.limit !== undefined && examples.length >= data.limit;
  for (const path of files) {
    if (enough()) break;
    let map: ColumnMap | undefined;
    for await (const { row, line } of readRows(path, onBad)) {
      const place = { path, line };
      map ??= findColumns(data.columns, row, languages, place);
      try {
        const id = idOf(row, map, path, line);
        const turns = readTurns(row, map, languages, place);
        if (seen.has(id)) {
          const problem = `expected an id that no earlier row has, got ${JSON.stringify(id)} again`;
          throw new RowError(path, line, problem, 'duplicate id');
        }
        seen.add(id);
        examples.push({ id, turns });
        account.read += 1;
        account.kept += 1;
      } catch (error) {
        if (!(error instanceof RowError)) throw error;
        onBad(error);
      }
      if (enough()) break;
    }
  }
  return { examples, account };
}

/** A hash of `text` in [0, 1): FNV-1a with a final mix, the same on every machine. */
export function hashShare(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/**
 * Holds out about `share` of the examples. Which ones follows from their ids alone: more rows, or another order,
 * move none of them over. With a share above 0 and two examples or more, both sides hold at least one.
 */
export function splitValidation(
  examples: Example[],
  share: number,
): { train: Example[]; validation: Example[] } {
  const hashes = examples.map(({ id }) => hashShare(id));
  if (share <= 0 || examples.length < 2) return { train: [...examples], validation: [] };
  // At least the lowest hash is held out, and never the highest.
  const sorted = [...hashes].sort((a, b) => a - b);
  const bound = Math.min(Math.max(share, sorted[1]), sorted[sorted.length - 1]);
  return {
    train: examples.filter((_, i) => hashes[i] >= bound),
    validation: examples.filter((_, i) => hashes[i] < bound),
  };
}
