/**
 * Verbs that turn JSON lines into JSON lines: for each row in, a line out, in order. Lines go into `OUTPUT.part`, whose
 * first says what they are made of, and that becomes OUTPUT at the end; stopped or killed, the same command goes on
 * after the last whole line. An OUTPUT that is there is replaced only then.
 */
import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../errors.ts';
import { append, makeFolder, readable, writeFileWhole } from '../files.ts';
import { refuseHeld, withFileLock } from '../folderLock.ts';
import { displayPath } from '../recipe/paths.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { countProgress } from './progress.ts';

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
}

/** @returns the exit code: 0, or 128 and the number of the signal that stopped it */
export async function runLineJob<Item>(job: LineJob<Item>): Promise<number> {
  await makeFolder(dirname(job.output));
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
    const text = await readFile(part, 'utf8');
    await writeFileWhole(output, text.slice(text.indexOf('\n') + 1));
    await rm(part);
  } finally {
    stop.release();
    progress.done();
  }
  console.error(`${items.length} rows: ${displayPath(output)}`);
  return 0;
}

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
  const text = await readFile(part, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw readable(error, part);
  });
  const [first, ...lines] = (text ?? '').split('\n');
  if (first === head && text !== null) {
    // Behind the last line break is what a kill has cut.
    const cut = lines.pop() ?? '';
    const handle = await open(part, 'r+');
    await handle.truncate(Buffer.byteLength(text) - Buffer.byteLength(cut));
    await handle.close();
    return lines.length;
  }
  if (text !== null && text !== '') refuseOtherPart(part, first, lines.length - 1, overwrite);
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
