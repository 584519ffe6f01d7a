/**
 * Verbs that turn JSON lines into JSON lines: for each row in, a line out, in order. Lines go into `OUTPUT.part`, whose
 * first says of what they are made, and that becomes OUTPUT at the end; stopped or killed, the same command goes on
 * behind the last whole line.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../errors.ts';
import { append, makeFolder, writeFileWhole } from '../files.ts';
import { note } from '../note.ts';
import { displayPath } from '../recipe/paths.ts';
import { stopOnInterrupt } from './interrupt.ts';
import { countProgress } from './progress.ts';

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
}

/** @returns the exit code: 0, or 130 where it was stopped */
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
  const text = await readFile(part, 'utf8');
  await writeFileWhole(output, text.slice(text.indexOf('\n') + 1));
  await rm(part);
  note(`${items.length} rows: ${displayPath(output)}`);
  return 0;
}

/** @throws UserError where an output would be written over; to be asked before long work begins */
export function refuseOutput(output: string, overwrite: boolean): void {
  if (!existsSync(output) || overwrite) return;
  throw new UserError(`${displayPath(output)}: expected no such file, got one; --overwrite writes it anew`);
}

/** Opens the unfinished file, anew unless it is of the same job. @returns how many whole lines stand in it */
async function begin(part: string, head: string, anew: boolean): Promise<number> {
  const text = anew ? '' : await readFile(part, 'utf8').catch(() => '');
  const [first, ...lines] = text.split('\n');
  if (first !== head) {
    await writeFileWhole(part, `${head}\n`);
    return 0;
  }
  // Behind the last line break stands what a kill has cut.
  const cut = lines.pop() ?? '';
  const handle = await open(part, 'r+');
  await handle.truncate(Buffer.byteLength(text) - Buffer.byteLength(cut));
  await handle.close();
  return lines.length;
}
