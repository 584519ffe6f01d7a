/** One process at a time in a folder, or at a file: a second process ends with an error that names the first. */
import os from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from './errors.ts';
import { makeFolder, removeEmptyFolders, writeError } from './files.ts';
import { displayPath } from './paths.ts';
import { type Holder, holderOf, type Lock, takeLock } from './runtime/lock.ts';

/** Name of the lock file in a folder. */
export const LOCK = '.plug-tune.lock';

/**
 * Runs `work` while no other process works in `dir`, which is made where there is none.
 * @param doing what this process does, for the error of a second one: `train`
 * @throws UserError that names the other process
 */
export const withFolderLock = <T>(dir: string, doing: string, work: (lock: Lock) => Promise<T>): Promise<T> =>
  locked(join(dir, LOCK), dir, doing, work);

/** The same for a file that is written: its lock is `FILE.lock`. */
export const withFileLock = <T>(file: string, doing: string, work: (lock: Lock) => Promise<T>): Promise<T> =>
  locked(`${file}.lock`, file, doing, work);

/** Tells of another process that writes `file` before long work begins. @throws UserError that names it */
export function refuseHeld(file: string): void {
  const holder = holderOf(`${file}.lock`);
  if (holder) throw heldError(file, holder);
}

async function locked<T>(
  file: string,
  what: string,
  doing: string,
  work: (lock: Lock) => Promise<T>,
): Promise<T> {
  const made = await makeFolder(dirname(file));
  try {
    const lock = take(file, what, doing);
    try {
      return await work(lock);
    } finally {
      lock.release();
    }
  } finally {
    // A folder that was made for work that then could not begin.
    if (made !== undefined) await removeEmptyFolders(made);
  }
}

function take(file: string, what: string, doing: string): Lock {
  let lock: Lock | Holder;
  try {
    lock = takeLock(file, doing);
  } catch (error) {
    throw writeError(error, what);
  }
  if ('release' in lock) return lock;
  throw heldError(what, lock);
}

function heldError(what: string, { pid, host, doing, since }: Holder): UserError {
  const where = `${displayPath(what)}: expected no other process at work on it`;
  if (pid === 0) return new UserError(`${where}, got one that is just starting; try again in a moment`);
  const which = `process ${pid} on ${host}${doing ? ` (${doing})` : ''}`;
  const time = since ? ` since ${new Date(since).toLocaleString('sv')}` : '';
  const stop = host === os.hostname() ? `, or stop it: kill ${pid}` : '';
  return new UserError(`${where}, got ${which}${time}; wait until it has ended${stop}`);
}
