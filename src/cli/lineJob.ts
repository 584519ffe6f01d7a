/**
 * Verbs that turn rows into JSON lines: for each row in, a line out, in order, also for a row that the model cannot
 * read. Lines go into `OUTPUT.part`, whose first says of what they are made, and that becomes OUTPUT at the end; stopped
 * or killed, the same command goes on behind the last whole line.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { rm, stat, truncate } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readLines } from '../data/read/jsonLines.ts';
import { UserError } from '../errors.ts';
import { append, makeFolder, writeFileWhole } from '../files.ts';
import { note } from '../note.ts';
import { displayPath } from '../recipe/paths.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { countProgress } from './progress.ts';
import { type Left, leftCount, leftLines } from './unanswered.ts';

export interface LineJob<Item> {
  /** All that lines are made of, in order. */
  items: Item[];
  output: string;
  /** Write over an OUTPUT that is there, and begin anew. */
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

/** @returns the exit code: 0, 130 where it was stopped, or 1 where no row could be worked on */
export async function runLineJob<Item>(job: LineJob<Item>): Promise<number> {
  const { items, output, overwrite, batchSize, thing } = job;
  const hash = createHash('sha256');
  for (const item of items) hash.update(JSON.stringify(item));
  const part = `${output}.part`;
  const head = JSON.stringify({ ...job.settings, input: hash.digest('hex'), rows: items.length });
  await makeFolder(dirname(output));
  let done = await begin(part, head, overwrite && existsSync(output));
  const progress = countProgress(thing);
  const stop = stopOnInterrupt({ line: (text) => console.error(text) });
  try {
    progress.begin(items.length, done);
    while (done < items.length) {
      if (stop.asked) {
        console.error(`Stopped after ${done} of ${items.length} rows. Go on: the same command`);
        return 130;
      }
      const batch = items.slice(done, done + batchSize);
      const lines = await job.write(batch, done);
      await append(part, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      done += batch.length;
      progress.update(done, items.length);
    }
  } finally {
    stop.release();
    progress.done();
  }
  const left: Left[] = [];
  async function* finished(): AsyncGenerator<Buffer> {
    let row = -1; // the first line is the head
    for await (const line of readLines(part)) {
      const reason = row < 0 ? undefined : job.reasonOf(JSON.parse(line.toString()));
      if (reason !== undefined) left.push({ ...job.nameOf(items[row]), reason });
      if (row >= 0) yield Buffer.concat([line, LINE_END]);
      row += 1;
    }
  }
  await writeFileWhole(output, (path) => pipeline(finished, createWriteStream(path)));
  await rm(part);
  for (const line of leftLines(left)) console.error(line);
  const some = left.length > 0 ? `; ${leftCount(job.undone, left.length, items.length)}` : '';
  note(`${items.length} rows: ${displayPath(output)}${some}`);
  return left.length === items.length ? 1 : 0;
}

const LINE_END = Buffer.from('\n');

/** @throws UserError where an output would be written over; to be asked before long work begins */
export function refuseOutput(output: string, overwrite: boolean): void {
  if (!existsSync(output) || overwrite) return;
  throw new UserError(`${displayPath(output)}: expected no such file, got one; --overwrite writes it anew`);
}

/** Opens the unfinished file; a new one, unless it is of the same job. @returns how many whole lines are in it */
async function begin(part: string, head: string, anew: boolean): Promise<number> {
  const size = anew ? 0 : ((await stat(part).catch(() => null))?.size ?? 0);
  let [lines, bytes] = [0, 0];
  let same = size > 0;
  for await (const line of same ? readLines(part) : []) {
    same &&= lines > 0 || line.toString() === head;
    // A line that was cut off by a kill does not end in a line break.
    if (!same || bytes + line.length + 1 > size) break;
    bytes += line.length + 1;
    lines += 1;
  }
  if (!same || lines === 0) {
    await writeFileWhole(part, `${head}\n`);
    return 0;
  }
  await truncate(part, bytes);
  return lines - 1;
}
