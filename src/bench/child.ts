/**
 * Runs a child process that prints its result as one line of JSON, and says clearly when it does not. Ctrl-C ends
 * the children and removes the temporary folder; nothing else here starts a process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UserError } from '../errors.ts';
import { type Finished, killPrograms, runProgram } from '../runtime/programs.ts';
import type { Job } from './worker.ts';

/** Node's loader of TypeScript, wherever it is installed. */
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** A child of ours. */
export function runWorker<T>(name: string, job: Job): Promise<T> {
  const args = ['--import', TSX, WORKER, JSON.stringify(job)];
  return runChild(name, process.execPath, args);
}

/**
 * The JSON of the last line that `program` prints.
 * @param name of what it measures, for the message
 * @throws UserError when it fails, with the last line of its stderr
 */
export async function runChild<T>(
  name: string,
  program: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<T> {
  const finished = await runProgram(program, args, { env: { ...process.env, ...env } });
  if (finished.code !== 0) throw new UserError(failure(name, finished));
  const line = lastLine(finished.stdout);
  try {
    return JSON.parse(line) as T;
  } catch {
    throw new UserError(`${name}: expected a line of JSON, got ${JSON.stringify(line)}`);
  }
}

function failure(name: string, { code, stderr }: Finished): string {
  const line = lastLine(stderr);
  const end =
    code > 0
      ? `exit status ${code}`
      : 'no exit status: it was ended by a signal (out of memory?) or did not start';
  const missing = /No module named '([^']+)'/.exec(line)?.[1];
  const fix = missing ? '; install bench/requirements.txt into that Python, or unset PLUG_BENCH_PYTHON' : '';
  return `${name}: expected it to finish, got ${end}${line && `: ${line}`}${fix}`;
}

const lastLine = (text: string) => text.trim().split('\n').at(-1)?.trim() ?? '';

/** Calls `work` with a new temporary folder. It is removed however this ends, and the children with it. */
export async function withFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'plug-bench-'));
  const clear = () => {
    killPrograms();
    rmSync(dir, { recursive: true, force: true });
  };
  const interrupted = (signal: NodeJS.Signals) => {
    clear();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted);
  try {
    return await work(dir);
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    clear();
  }
}
