/**
 * The format of a file of rows: by its content where that is clear, as the first bytes of Parquet are, else by its
 * name. A file of any other kind is named by what it is, with the formats that can be read.
 */
import { UserError } from '../../errors.ts';
import { displayPath } from '../../paths.ts';
import { packingOf, readStart, storedStart } from './bytes.ts';
import { holdsLines, type IsRow } from './json.ts';
import { excerpt } from './row.ts';

export type Format = 'lines' | 'json' | 'csv' | 'parquet';

const FORMATS = 'JSON lines, JSON, CSV, TSV (each also as .gz or .zst) or Parquet';

const BY_ENDING: Record<string, Format> = {
  ...{ '.jsonl': 'lines', '.ndjson': 'lines', '.json': 'json', '.csv': 'csv', '.tsv': 'csv' },
  '.parquet': 'parquet',
};

const UNPACK = 'unpack it first';
const CONVERT = 'save it as one of these';

/** What cannot be read: the mark that it begins with, one character a byte; what it is called; what to do. */
type Other = [mark: string, kind: string, fix: string];

const TEXTS: Other[] = [
  ['version https://git-lfs', 'a Git LFS pointer, which stands for the file', 'git lfs pull'],
  ['<!DOCTYPE', 'a web page', 'download the file itself'],
  ['<!doctype', 'a web page', 'download the file itself'],
  ['<html', 'a web page', 'download the file itself'],
  ['%PDF-', 'a PDF', CONVERT],
];
const BINARIES: Other[] = [
  ['PK\x03\x04', 'a zip archive or an Excel workbook', `${UNPACK}, or save it as CSV`],
  ['\xd0\xcf\x11\xe0', 'an Excel workbook', 'save it as CSV'],
  ['BZh', 'bzip2 data', UNPACK],
  ['\xfd7zXZ', 'xz data', UNPACK],
  ['7z\xbc\xaf', 'a 7z archive', UNPACK],
  ['Rar!', 'a rar archive', UNPACK],
  ['\x04\x22\x4d\x18', 'lz4 data', UNPACK],
  ['ARROW1', 'an Arrow file', 'save it as Parquet: dataset.to_parquet(FILE)'],
  ['\xff\xff\xff\xff', 'an Arrow file', 'save it as Parquet: dataset.to_parquet(FILE)'],
  ['SQLite format 3', 'an SQLite database', CONVERT],
  ['Obj\x01', 'an Avro file', CONVERT],
  ['ORC', 'an ORC file', CONVERT],
  ['\x89HDF', 'an HDF5 file', CONVERT],
  ['\x80\x04\x95', 'a Python pickle', CONVERT],
];

/** Bytes that tell the kind of a file; the mark of tar is the last of them, at 257. */
const START_BYTES = 512;

/** @throws UserError for a file of a kind that is known and cannot be read */
function refuseOthers(path: string, start: Buffer): void {
  const text = start.toString('latin1');
  // Letters alone may be the front of a header: "ORCID,name".
  const binary = start.some((byte) => byte < 9);
  const tar = binary && text.startsWith('ustar', 257);
  const found = [...TEXTS, ...(binary ? BINARIES : [])].find(([mark]) => text.startsWith(mark));
  const [, kind, fix] = found ?? (tar ? ['', 'a tar archive', UNPACK] : []);
  if (!kind) return;
  throw new UserError(`${displayPath(path)}: expected ${FORMATS}, got ${kind}; ${fix}`);
}

const isParquet = (start: Buffer) => start.toString('latin1', 0, 4) === 'PAR1';

/**
 * The format of the file at `path`.
 * @param isRow tells a row from an object that holds rows
 * @throws UserError when it cannot be read, or is of a kind that is not supported
 */
export async function formatOf(path: string, isRow: IsRow): Promise<Format> {
  const name = path.toLowerCase().replace(/\.(?:gz|zst)$/, '');
  const byName = BY_ENDING[/\.[a-z]+$/.exec(name)?.[0] ?? ''];
  const stored = await storedStart(path, START_BYTES);
  if (isParquet(stored)) return 'parquet';
  refuseOthers(path, stored);
  const packing = packingOf(path, stored);
  // A broken file is named where it is read, with its place.
  if (byName === 'parquet' && !packing) return byName;
  const start = packing ? await readStart(path, START_BYTES) : stored;
  if (packing) {
    if (isParquet(start)) {
      throw new UserError(`${displayPath(path)}: expected Parquet as it is, got it inside ${packing}`);
    }
    refuseOthers(path, start);
  }
  if (byName === 'lines') return byName;
  if (/^(?:fffe|feff)/.test(start.toString('hex', 0, 2))) {
    throw new UserError(`${displayPath(path)}: expected UTF-8, got UTF-16; save the file as UTF-8`);
  }
  const text = start
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  const isObject = text.startsWith('{');
  // No header of columns begins like this.
  if (byName === 'csv' && !/^(?:\{\s*"|\[\s*\{)/.test(text)) return byName;
  if (isObject) return (await holdsLines(path, isRow)) ? 'lines' : 'json';
  if (byName === 'json' || text.startsWith('[')) return 'json';
  if (text === '') return 'lines';
  throw new UserError(
    `${displayPath(path)}: expected ${FORMATS}, got text that begins ${excerpt(text)}; name a CSV file .csv or .tsv`,
  );
}
