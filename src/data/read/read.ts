/**
 * Reads rows from files of any known format, streamed, so that memory stays flat however long a file is. It knows
 * nothing of columns; `load.ts` makes examples of the rows. Each format has a file beside this one.
 */
import { readCsv } from './csv.ts';
import { listFiles } from './files.ts';
import { type Format, formatOf } from './format.ts';
import { type IsRow, readJson } from './json.ts';
import { readJsonLines } from './jsonLines.ts';
import { readParquet } from './parquet.ts';
import type { OnBad, PlacedRow } from './row.ts';

export type { IsRow } from './json.ts';
export { type OnBad, type Place, type PlacedRow, type Row, RowError } from './row.ts';

type Reader = (path: string, onBad?: OnBad, isRow?: IsRow) => AsyncGenerator<PlacedRow>;

const READERS: Record<Format, Reader> = {
  ...{ lines: readJsonLines, json: readJson, csv: readCsv, parquet: readParquet },
};

/** The rows of one file; see `readRows`. */
export async function* readFileRows(
  path: string,
  onBad?: OnBad,
  isRow: IsRow = () => false,
): AsyncGenerator<PlacedRow> {
  yield* READERS[await formatOf(path, isRow)](path, onBad, isRow);
}

/**
 * The rows of a file, or of all files of a folder, each with its file and its `line`: the line in JSON lines and CSV,
 * the number of the row elsewhere, both from 1.
 *
 * @param onBad called with what is wrong with a row, which is then passed over; without it that is thrown
 * @param isRow tells whether an object is a row, so that a lone one in a .json file is not taken for one that holds rows
 * @throws UserError when a file cannot be read or is broken, RowError for a row that is no JSON object in UTF-8
 */
export async function* readRows(path: string, onBad?: OnBad, isRow?: IsRow): AsyncGenerator<PlacedRow> {
  for (const file of await listFiles(path)) yield* readFileRows(file, onBad, isRow);
}
