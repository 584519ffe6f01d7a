/**
 * Rows of a Parquet file by hyparquet, a slice of a row group at a time. Lists and structs become plain JavaScript.
 * Integers of 64 bits and decimals become numbers where these are exact, else the text of their digits.
 */
import {
  asyncBufferFromFile,
  type FileMetaData,
  type ParquetParsers,
  parquetMetadataAsync,
  parquetReadObjects,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { UserError } from '../../errors.ts';
import { mapValues } from '../../mapValues.ts';
import { displayPath } from '../../paths.ts';
import { readableError } from './bytes.ts';
import { parseJson } from './jsonText.ts';
import { decimalNumber, exactNumber } from './numbers.ts';
import type { PlacedRow, Row } from './row.ts';

/** Bytes of a slice, before compression: a row group above is read in several. */
const SLICE_BYTES = 2 ** 24;
/** Fewest rows of a slice, since nested columns are read from the group's beginning for each. */
const SLICE_ROWS = 2000;

/** Scale of the decimals in each column that holds decimals. */
type Decimals = Map<string, number>;

/**
 * The columns of decimals. Their types are taken out of `schema`, because hyparquet makes rounded numbers of them:
 * it then gives the integers, or the bytes, that the decimals are stored as. Decimals inside lists and structs stay.
 */
function takeDecimals({ schema }: FileMetaData): Decimals {
  const decimals: Decimals = new Map();
  const after = (at: number): number => {
    let next = at + 1;
    for (let child = 0; child < (schema[at].num_children ?? 0); child++) next = after(next);
    return next;
  };
  for (let at = 1; at < schema.length; at = after(at)) {
    const element = schema[at];
    const { converted_type, logical_type, num_children, repetition_type } = element;
    const decimal = converted_type === 'DECIMAL' || logical_type?.type === 'DECIMAL';
    if (!decimal || num_children || repetition_type === 'REPEATED') continue;
    decimals.set(element.name, element.scale ?? (logical_type?.type === 'DECIMAL' ? logical_type.scale : 0));
    element.converted_type = undefined;
    // The one type of bytes whose parser below leaves them as they are.
    element.logical_type = element.type?.endsWith('BYTE_ARRAY') ? { type: 'GEOMETRY' } : undefined;
  }
  return decimals;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const PARSERS: Partial<ParquetParsers> = {
  geometryFromBytes: (bytes) => bytes,
  geographyFromBytes: (bytes) => bytes,
  jsonFromBytes: (bytes) => bytes && parseJson(utf8.decode(bytes)),
  /** Bytes that are not UTF-8, as those of a picture, stay bytes. An error names the field where it is read. */
  stringFromBytes(bytes) {
    try {
      return bytes && utf8.decode(bytes);
    } catch {
      return bytes;
    }
  },
};

/** The integer that bytes hold, highest byte first, in two's complement. */
const integerOf = (bytes: Uint8Array) =>
  BigInt.asIntN(8 * bytes.length, BigInt(`0x0${Buffer.from(bytes).toString('hex')}`));

/** The same value with exact numbers, or text, in place of BigInts. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return exactNumber(String(value));
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  return mapValues(value as Record<string, unknown>, plain);
}

function plainRow(row: Row, decimals: Decimals): Row {
  const exact = plain(row) as Row;
  for (const [name, scale] of decimals) {
    const value = row[name];
    if (value === null || value === undefined) continue;
    const unscaled = value instanceof Uint8Array ? integerOf(value) : BigInt(value as bigint | number);
    exact[name] = decimalNumber(unscaled, scale);
  }
  return exact;
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
  const decimals = takeDecimals(metadata);
  for (const slice of slices(metadata)) {
    const rows = await reading(
      parquetReadObjects({ file, metadata, compressors, parsers: PARSERS, useOffsetIndex: true, ...slice }),
    );
    for (const row of rows) {
      line += 1;
      yield { row: plainRow(row, decimals), path, line, unit: 'row' };
    }
  }
}
