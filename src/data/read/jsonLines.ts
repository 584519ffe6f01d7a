/** Rows of JSON lines: one object a line, in UTF-8. Empty lines are passed over, but counted as lines. */

import { kindOf } from '../../shown.ts';
import { readBytes } from './bytes.ts';
import { MOST_ROW_BYTES, tooLong } from './jsonBytes.ts';
import { parseJson } from './jsonText.ts';
import {
  excerpt,
  isObject,
  type OnBad,
  type Place,
  type PlacedRow,
  passBad,
  type Row,
  RowError,
} from './row.ts';

/** The lines of a file as bytes, without their line ends. */
export async function* readLines(path: string): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  for await (const chunk of readBytes(path)) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      pending.push(chunk.subarray(start, end));
      yield pending.length === 1 ? pending[0] : Buffer.concat(pending);
      pending = [];
      pendingBytes = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    pending.push(chunk.subarray(start));
    pendingBytes += chunk.length - start;
    if (pendingBytes > MOST_ROW_BYTES) throw tooLong(path);
  }
  if (pending.length > 0) yield Buffer.concat(pending);
}

/** What the first bytes of a file say that it is instead of UTF-8. */
const MAGIC: Record<string, string> = {
  fffe: 'UTF-16',
  feff: 'UTF-16',
  '1f8b': 'gzip data inside the gzip data; unpack the file twice',
};

function parseLine(bytes: Buffer, decoder: TextDecoder, place: Place): Row | null {
  let text: string;
  try {
    // A byte-order mark is dropped by the decoder.
    text = decoder.decode(bytes).trim();
  } catch {
    const magic = place.line === 1 ? MAGIC[bytes.toString('hex', 0, 2)] : undefined;
    throw new RowError(place, `expected UTF-8, got ${magic ?? 'bytes that are none'}`, 'not UTF-8');
  }
  if (text === '') return null;
  let row: unknown;
  try {
    row = parseJson(text);
  } catch (error) {
    const list = place.line === 1 && text.startsWith('[') ? '; a JSON list is named .json' : '';
    const problem = `expected a JSON object on one line, got ${excerpt(text)} (${(error as Error).message})${list}`;
    throw new RowError(place, problem, 'not JSON');
  }
  if (isObject(row)) return row;
  const problem = `expected a JSON object on one line, got ${kindOf(row)}: ${excerpt(text)}`;
  throw new RowError(place, problem, 'not an object');
}

/** @throws RowError for a line that is no JSON object in UTF-8, unless `onBad` takes it */
export async function* readJsonLines(path: string, onBad?: OnBad): AsyncGenerator<PlacedRow> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  for await (const bytes of readLines(path)) {
    line += 1;
    let row: Row | null = null;
    try {
      row = parseLine(bytes, decoder, { path, line, unit: 'line' });
    } catch (error) {
      passBad(error, onBad);
    }
    if (row) yield { row, path, line, unit: 'line' };
  }
}
