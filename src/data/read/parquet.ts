/**
 * Rows of a Parquet file by hyparquet, a slice of a row group at a time. Lists and structs come out as plain
 * JavaScript; whole numbers of 64 bits become numbers where these are exact.
 */
import { asyncBufferFromFile, type FileMetaData, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { UserError } from '../../errors.ts';
import { mapValues } from '../../mapValues.ts';
import { displayPath } from '../../recipe/paths.ts';
import { readableError } from './bytes.ts';
import type { PlacedRow, Row } from './row.ts';

/** Bytes of a slice, before compression: a row group above is read in several. */
const SLICE_BYTES = 2 ** 24;
/** Fewest rows of a slice, since nested columns are read from the group's beginning for each. */
const SLICE_ROWS = 2000;

/** The same value with exact numbers in place of BigInts. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  return mapValues(value as Record<string, unknown>, plain);
}

/** First row and end of each slice of the file. */
function* slices({ row_groups }: FileMetaData): Generator<{ rowStart: number; rowEnd: number }> {
  let start = 0;
  for (const group of row_groups) {
    const rows = Number(group.num_rows);
    const size = Math.ceil((rows * SLICE_BYTES) / Math.max(1, Number(group.total_byte_size)));
    const step = Math.max(SLICE_ROWS, size);
    for (let at = 0; at < rows; at += step) {
      yield { rowStart: start + at, rowEnd: start + Math.min(at + step, rows) };
    }
    start += rows;
  }
}

/** @throws UserError for a broken file */
export async function* readParquet(path: string): AsyncGenerator<PlacedRow> {
  let line = 0;
  const reading = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      const readable = readableError(error, path);
      if (readable instanceof UserError) throw readable;
      const behind = line > 0 ? ` behind row ${line}` : '';
      const problem = `expected a whole Parquet file, got a broken one${behind} (${(error as Error).message})`;
      throw new UserError(`${displayPath(path)}: ${problem}`);
    }
  };
  const file = await reading(asyncBufferFromFile(path));
  const metadata = await reading(parquetMetadataAsync(file));
  for (const slice of slices(metadata)) {
    const rows = await reading(
      parquetReadObjects({ file, metadata, compressors, useOffsetIndex: true, ...slice }),
    );
    for (const row of rows) {
      line += 1;
      yield { row: plain(row) as Row, path, line, unit: 'row' };
    }
  }
}
