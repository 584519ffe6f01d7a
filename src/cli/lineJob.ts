/**
 * Verbs that turn rows into JSON lines: for each row in, a line out, in order, also for a row that the model cannot
 * read. Lines go into `OUTPUT.part`, whose first says what they are made of, and that becomes OUTPUT at the end; stopped
 * or killed, the same command goes on after the last whole line. An OUTPUT that is there is replaced only then.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, realpathSync, statSync } from 'node:fs';
import { rm, stat, truncate } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { readLines } from '../data/read/jsonLines.ts';
import { UserError } from '../errors.ts';
import { append, writeError, writeFileWhole } from '../files.ts';
import { refuseHeld, withFileLock } from '../folderLock.ts';
import { note } from '../note.ts';
import { displayPath } from '../paths.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { countProgress } from './progress.ts';
import { type Left, leftCount, leftLines } from './unanswered.ts';

export interface LineJob<Item> {
  /** All that lines are made of, in order. */
  items: Item[];
  output: string;
  /** Replace an OUTPUT that is there, and drop an unfinished one of another job. */
  overwrite: boolean;
  /** What a line is: `answer`, `score`. */
  thing: string;
  /** Whatever else decides the lines, such as the model. */
  settings: object;
  /** Rows at once. */
  batchSize: number;
  /** @param first place of the first item among all */
  write(items: Item[], first: number): Promise<object[]>;
  /** What was not done with rows that the model cannot read: `not answered`. */
  undone: string;
  /** Why the row of a line could not be worked on; undefined for any other. */
  reasonOf(line: Record<string, unknown>): string | undefined;
  /** Names the row of an item in an error: `questions.jsonl:8`, and its id. */
  nameOf(item: Item): Pick<Left, 'place' | 'id'>;
}

/** @returns the exit code: 0, 1 where no row could be worked on, or 128 and the number of the signal that stopped it */
export async function runLineJob<Item>(job: LineJob<Item>): Promise<number> {
  return withFileLock(job.output, `${job.thing}s`, () => writeLines(job));
}

async function writeLines<Item>(job: LineJob<Item>): Promise<number> {
  const { items, output, overwrite, batchSize, thing } = job;
  // Another process may have written it since that was asked before.
  refuseTaken(output, overwrite);
  const hash = createHash('sha256');
  for (const item of items) hash.update(JSON.stringify(item));
  const part = `${output}.part`;
  const head = JSON.stringify({ ...job.settings, input: hash.digest('hex'), rows: items.length });
  let done = await begin(part, head, overwrite);
  let left: Left[];
  const progress = countProgress(thing);
  const stop = stopOnInterrupt({ line: (text) => console.error(text) });
  try {
    progress.begin(items.length, done);
    while (done < items.length) {
      if (stop.asked) {
        console.error(`Stopped after ${done} of ${items.length} rows. Go on: the same command`);
        return stop.code;
      }
      const batch = items.slice(done, done + batchSize);
      const lines = await job.write(batch, done);
      await append(part, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      done += batch.length;
      progress.update(done, items.length);
    }
    left = await finish(part, job);
  } finally {
    stop.release();
    progress.done();
  }
  for (const line of leftLines(left)) console.error(line);
  const some = left.length > 0 ? `; ${leftCount(job.undone, left.length, items.length)}` : '';
  note(`${items.length} rows: ${displayPath(output)}${some}`);
  return left.length === items.length ? 1 : 0;
}

/** Puts the lines of the unfinished file in place. @returns the rows that the model could not read */
async function finish<Item>(
  part: string,
  { items, output, reasonOf, nameOf }: LineJob<Item>,
): Promise<Left[]> {
  const left: Left[] = [];
  async function* lines(): AsyncGenerator<Buffer> {
    let row = -1; // the first line is the head
    for await (const line of readLines(part)) {
      const reason = row < 0 ? undefined : reasonOf(JSON.parse(line.toString()));
      if (reason !== undefined) left.push({ ...nameOf(items[row]), reason });
      if (row >= 0) yield Buffer.concat([line, LINE_END]);
      row += 1;
    }
  }
  await writeFileWhole(output, (path) => pipeline(lines, createWriteStream(path)));
  await rm(part);
  return left;
}

const LINE_END = Buffer.from('\n');

/**
 * To be asked before long work begins.
 * @param input the file that is read
 * @throws UserError where an output would be written over, or is no file
 */
export function refuseOutput(output: string, overwrite: boolean, input?: string): void {
  refuseHeld(output);
  refuseTaken(output, overwrite, input);
}

function refuseTaken(output: string, overwrite: boolean, input?: string): void {
  const found = statSync(output, { throwIfNoEntry: false });
  if (!found) return;
  const name = displayPath(output);
  if (found.isDirectory())
    throw new UserError(`${name}: expected a file to write, got a folder of that name`);
  if (!found.isFile()) throw new UserError(`${name}: expected a file to write, got a device or pipe`);
  if (input !== undefined && existsSync(input) && realpathSync(input) === realpathSync(output)) {
    throw new UserError(
      `${name}: expected another file than --input, got the same one; choose another --output`,
    );
  }
  if (overwrite) return;
  throw new UserError(`${name}: expected no such file, got one; --overwrite replaces it once all is written`);
}

/**
 * Opens the unfinished file, or begins one.
 * @returns how many whole lines are in it
 * @throws UserError where it is that of another job, unless `overwrite`, or no unfinished file of ours
 */
async function begin(part: string, head: string, overwrite: boolean): Promise<number> {
  const size = await stat(part).then(
    (info) => info.size,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return 0;
      throw writeError(error, part);
    },
  );
  let [lines, bytes] = [0, 0];
  let first = '';
  for await (const line of size > 0 ? readLines(part) : []) {
    if (lines === 0) first = line.toString();
    // A line that was cut off by a kill does not end in a line break.
    if (bytes + line.length + 1 > size) break;
    bytes += line.length + 1;
    lines += 1;
  }
  if (first === head && lines > 0) {
    await truncate(part, bytes);
    return lines - 1;
  }
  if (size > 0) refuseOtherPart(part, first, lines - 1, overwrite);
  await writeFileWhole(part, `${head}\n`);
  return 0;
}

/** Lines that were begun with other settings are somebody's work too. */
function refuseOtherPart(part: string, first: string, rows: number, overwrite: boolean): void {
  const name = displayPath(part);
  if (!isHead(first)) {
    throw new UserError(
      `${name}: expected no such file, got one that is not ours; move it, or choose another --output`,
    );
  }
  if (overwrite || rows < 1) return;
  throw new UserError(
    `${name}: expected the unfinished file of this command, got ${rows} rows of another model, input or settings; ` +
      'finish that command, choose another --output, or drop them with --overwrite',
  );
}

function isHead(line: string): boolean {
  try {
    const { input, rows } = JSON.parse(line);
    return /^[0-9a-f]{64}$/.test(input) && Number.isInteger(rows);
  } catch {
    return false;
  }
}
