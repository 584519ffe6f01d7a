/**
 * Rows of CSV and TSV by csv-parse: a header of column names, then a row a record, each value a text. A field in
 * quotation marks may hold line breaks and delimiters; a quotation mark inside any other field is part of its text.
 */
import { isUtf8 } from 'node:buffer';
import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { UserError } from '../../errors.ts';
import { displayPath } from '../../paths.ts';
import { readBytes, readStart } from './bytes.ts';
import { excerpt, type OnBad, type Place, type PlacedRow, passBad, type Row, RowError } from './row.ts';

/** As much of a file is read to find its delimiter and its line ends. */
const START_BYTES = 1 << 16;
/** Most characters of one record: a quotation mark that is never closed would take in the whole file. */
const MOST_CHARACTERS = 1 << 26;
const DELIMITERS = [',', ';', '\t', '|'];

/** The delimiter that the header has most of, outside of quotation marks; a comma where it has none. */
function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '');
  const counts = DELIMITERS.map((one) => bare.split(one).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

/** Names of the columns. A column without a name, like the index that pandas writes, is named by its number. */
function namesOf(header: string[], place: Place): string[] {
  const names = header.map((name, i) => name.trim() || `column ${i + 1}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return names;
  throw new UserError(
    `${displayPath(place.path)}:${place.line}: expected a header of column names that differ, got ${excerpt(twice)} twice`,
  );
}

/** @throws RowError for a row with more or fewer fields than the header */
function rowOf(names: string[], record: string[], place: Place): Row {
  if (record.length === names.length) {
    return Object.fromEntries(names.map((name, i) => [name, record[i]]));
  }
  const problem = `expected ${names.length} fields, as the header has, got ${record.length}: ${excerpt(record.join(' | '))}`;
  throw new RowError(place, problem, 'number of fields');
}

/** @throws UserError for text that is no CSV, RowError for a ragged row unless `onBad` takes it */
export async function* readCsv(path: string, onBad?: OnBad): AsyncGenerator<PlacedRow> {
  const start = (await readStart(path, START_BYTES)).toString('utf8').replace(/^\ufeff/, '');
  const tsv = /\.tsv(?:\.gz|\.zst)?$/i.test(path);
  // Old Macs ended lines by a carriage return alone.
  const oldMac = start.includes('\r') && !start.includes('\n');
  const parser = parse({
    delimiter: tsv ? '\t' : delimiterOf(/[^\r\n]+/.exec(start)?.[0] ?? ''),
    record_delimiter: oldMac ? '\r' : ['\r\n', '\n'],
    ...{ bom: true, relax_column_count: true, relax_quotes: true, max_record_size: MOST_CHARACTERS },
  });
  // An error of either comes out where the parser is read.
  pipeline(Readable.from(checkedBytes(path)), parser, () => {});
  let names: string[] | undefined;
  /** Where the next record begins. */
  let line = 1;
  try {
    for await (const record of parser as AsyncIterable<string[]>) {
      const place: Place = { path, line, unit: 'line' };
      line += 1 + record.reduce((sum, field) => sum + field.split(oldMac ? '\r' : '\n').length - 1, 0);
      if (record.length === 1 && record[0] === '') continue;
      if (!names) {
        names = namesOf(record, place);
        continue;
      }
      let row: Row;
      try {
        row = rowOf(names, record, place);
      } catch (error) {
        passBad(error, onBad);
        continue;
      }
      yield { row, ...place };
    }
  } catch (error) {
    throw error instanceof CsvError ? brokenCsv(error, path, line) : error;
  }
}

/** What is wrong with a file that csv-parse cannot go on with. @param line where the record at fault begins */
function brokenCsv({ code, message }: CsvError, path: string, line: number): UserError {
  const open = code === 'CSV_QUOTE_NOT_CLOSED' || code === 'CSV_MAX_RECORD_SIZE';
  const problem = open ? 'a quotation mark that is never closed' : `something else (${message})`;
  return new UserError(`${displayPath(path)}:${line}: expected CSV, got ${problem}`);
}

/** The file's bytes. @throws UserError at the first that are no UTF-8: csv-parse would put other characters there */
async function* checkedBytes(path: string): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const file = displayPath(path);
  let line = 1;
  for await (const chunk of readBytes(path)) {
    try {
      decoder.decode(chunk, { stream: true });
    } catch {
      throw new UserError(`${file}:${badLine(chunk, line)}: expected UTF-8, got bytes that are none`);
    }
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) line += 1;
    yield chunk;
  }
}

/** The line of the first bytes that are no UTF-8. @param line where the chunk begins, perhaps within a character */
function badLine(chunk: Buffer, line: number): number {
  let start = 0;
  while (start < 3 && (chunk[start] & 0xc0) === 0x80) start += 1;
  for (let at = line; ; at++) {
    const end = chunk.indexOf(10, start);
    if (end < 0 || !isUtf8(chunk.subarray(start, end))) return at;
    start = end + 1;
  }
}
