/**
 * Reads rows from files of any known format, streamed, so that memory stays flat however long a file is: JSON
 * lines, a JSON document, or Parquet, by the file's ending and where that says too little by its first bytes. It
 * knows nothing of columns; `load.ts` makes examples of the rows. Each format has a file under `read/`.
 */
import { UserError } from '../../errors.ts';
import { displayPath } from '../../recipe/paths.ts';
import { isGzip, readStart } from './bytes.ts';
import { listFiles } from './files.ts';
import { readJson } from './json.ts';
import { readJsonLines } from './jsonLines.ts';
import { readParquet } from './parquet.ts';
import { isObject, type OnBad, type PlacedRow } from './row.ts';

export { type OnBad, type Place, type PlacedRow, type Row, RowError } from './row.ts';

/** As much of a file is looked at to tell its format. */
const START_BYTES = 1 << 20;

/** A list of rows as a field of a document, rather than the messages of one row. */
const isRows = (value: unknown) =>
  Array.isArray(value) && isObject(value[0]) && !('role' in value[0]) && !('from' in value[0]);

/** Whether text that begins with `{` is a row a line, rather than one document. */
function beginsWithRow(text: string, whole: boolean): boolean {
  const end = text.indexOf('\n');
  if (end < 0 && !whole) return false;
  let first: unknown;
  try {
    first = JSON.parse(end < 0 ? text : text.slice(0, end));
  } catch {
    return false;
  }
  const alone = end < 0 || text.slice(end).trim() === '';
  return isObject(first) && !(alone && Object.values(first).some(isRows));
}

/** The format of a file whose name does not tell it. */
async function lookFor(path: string): Promise<typeof readJson> {
  const { start, whole } = await readStart(path, START_BYTES);
  if (start.toString('latin1', 0, 4) === 'PAR1') {
    if (!isGzip(path)) return readParquet;
    throw new UserError(`${displayPath(path)}: expected Parquet as it is, got it inside gzip`);
  }
  const text = start
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .trimStart();
  if (text.startsWith('[')) return readJson;
  return text.startsWith('{') && !beginsWithRow(text, whole) ? readJson : readJsonLines;
}

/** The rows of one file; see `readRows`. */
export async function* readFileRows(path: string, onBad?: OnBad): AsyncGenerator<PlacedRow> {
  const ending = path
    .toLowerCase()
    .replace(/\.gz$/, '')
    .match(/\.[a-z]+$/)?.[0];
  let reader = ending === '.jsonl' || ending === '.ndjson' ? readJsonLines : undefined;
  if (ending === '.parquet' && !isGzip(path)) reader = readParquet;
  reader ??= await lookFor(path);
  yield* reader(path, onBad);
}

/**
 * The rows of a file, or of all files of a folder, each with its file and its `line`: the line in JSON lines, the
 * number of the row elsewhere, both from 1.
 *
 * @param onBad called with what is wrong with a row, which is then passed over; without it such an error is thrown
 * @throws UserError when a file cannot be read or is broken, RowError for a row that is no JSON object in UTF-8
 */
export async function* readRows(path: string, onBad?: OnBad): AsyncGenerator<PlacedRow> {
  for (const file of await listFiles(path)) yield* readFileRows(file, onBad);
}
