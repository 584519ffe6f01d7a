/**
 * The file that `--input` names. `-` and `/dev/stdin` are what comes through a pipe: it is kept in a file of its own
 * while the command runs, because all rows are checked before the first is processed.
 */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../errors.ts';
import { fromCaller } from '../paths.ts';

const STDIN = ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'];

/** Calls `work` with the path of the file. @throws UserError where stdin is a terminal, which has no rows */
export async function withInput<T>(given: string, work: (path: string) => Promise<T>): Promise<T> {
  if (!STDIN.includes(given)) return work(fromCaller(given));
  if (process.stdin.isTTY)
    throw new UserError(`--input ${given}: expected rows through a pipe, got a terminal`);
  const dir = await mkdtemp(join(tmpdir(), 'plug-tune-input-'));
  try {
    const path = join(dir, 'stdin');
    await pipeline(process.stdin, createWriteStream(path));
    return await work(path);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
