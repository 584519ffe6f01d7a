/**
 * Reads rows from a file of JSON lines, streamed, so that memory stays flat however long the file is. It
 * knows nothing of columns; `load.ts` makes examples of the rows.
 */
import { createReadStream } from 'node:fs';
import { UserError } from '../errors.ts';
import { displayPath } from '../recipe/paths.ts';

export type Row = Record<string, unknown>;

/** What is wrong with one row: `FILE:LINE: expected …, got …`, and in a few words for counting. */
export class RowError extends UserError {
  override name = 'RowError';
  readonly reason: string;

  constructor(path: string, line: number, problem: string, reason: string) {
    super(`${displayPath(path)}:${line}: ${problem}`);
    this.reason = reason;
  }
}

/** The lines of a file as bytes, without their line ends. */
async function* readLines(path: string): AsyncGenerator<Buffer> {
  const file = displayPath(path);
  let pending: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
      let start = 0;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
        pending.push(chunk.subarray(start, end));
        yield pending.length === 1 ? pending[0] : Buffer.concat(pending);
        pending = [];
        start = end + 1;
      }
      if (start < chunk.length) pending.push(chunk.subarray(start));
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const got = { ENOENT: 'no such file', EISDIR: 'a directory', EACCES: 'no permission to read it' }[code];
    throw new UserError(`${file}: expected a file of JSON lines, got ${got ?? code}`);
  }
  if (pending.length > 0) yield Buffer.concat(pending);
}

/** A part of a line, as an error shows it. */
const excerpt = (text: string) => JSON.stringify(text.length > 50 ? `${text.slice(0, 50)}…` : text);

/** The kind of a JSON value, in words. */
function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function parseLine(bytes: Buffer, decoder: TextDecoder, path: string, line: number): Row | null {
  let text: string;
  try {
    // A byte-order mark is dropped by the decoder.
    text = decoder.decode(bytes).trim();
  } catch {
    const utf16 = line === 1 && ['fffe', 'feff'].includes(bytes.toString('hex', 0, 2));
    const problem = `expected UTF-8, got ${utf16 ? 'UTF-16' : 'bytes that are none'}`;
    throw new RowError(path, line, problem, 'not UTF-8');
  }
  if (text === '') return null;
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    const problem = `expected a JSON object on one line, got ${excerpt(text)} (${(error as Error).message})`;
    throw new RowError(path, line, problem, 'not JSON');
  }
  if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Row;
  const problem = `expected a JSON object on one line, got ${kindOf(row)}: ${excerpt(text)}`;
  throw new RowError(path, line, problem, 'not an object');
}

/**
 * The rows of a file of JSON lines with their line numbers, from 1. Empty lines are passed over.
 *
 * @param onBad called with what is wrong with a row, which is then passed over; without it such an error is thrown
 * @throws UserError when the file cannot be read, RowError for a line that is no JSON object in UTF-8
 */
export async function* readRows(
  path: string,
  onBad?: (error: RowError) => void,
): AsyncGenerator<{ row: Row; line: number }> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  for await (const bytes of readLines(path)) {
    line += 1;
    let row: Row | null = null;
    try {
      row = parseLine(bytes, decoder, path, line);
    } catch (error) {
      if (!onBad || !(error instanceof RowError)) throw error;
      onBad(error);
    }
    if (row) yield { row, line };
  }
}
