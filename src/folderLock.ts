/** One process at a time in a folder, or at a file: the second one is told who is there, and ends. */
import os from 'node:os';
import { dirname, join } from 'node:path';
import { UserError } from './errors.ts';
import { makeFolder, readable, removeEmptyFolders } from './files.ts';
import { displayPath } from './recipe/paths.ts';
import { type Holder, type Lock, takeLock } from './runtime/lock.ts';

/** Name of the lock file in a folder. */
export const LOCK = '.plug-tune.lock';

/**
 * Runs `work` while no other process works in `dir`, which is made where there is none.
 * @param doing what a second process is told, such as `train`
 * @throws UserError that names the other process
 */
export const withFolderLock = <T>(dir: string, doing: string, work: (lock: Lock) => Promise<T>): Promise<T> =>
  locked(join(dir, LOCK), dir, doing, work);

/** The same for a file that is written: its lock is `FILE.lock`. */
export const withFileLock = <T>(file: string, doing: string, work: (lock: Lock) => Promise<T>): Promise<T> =>
  locked(`${file}.lock`, file, doing, work);

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
    throw readable(error, what);
  }
  if ('release' in lock) return lock;
  throw new UserError(
    `${displayPath(what)}: expected no other process at work on it, got ${holderText(lock)}; ` +
      `wait until it has ended${lock.host === os.hostname() ? `, or stop it: kill ${lock.pid}` : ''}`,
  );
}

function holderText({ pid, host, doing, since }: Holder): string {
  if (pid === 0) return 'one that is just starting';
  const time = since ? ` since ${new Date(since).toLocaleString('sv')}` : '';
  return `${doing ?? 'one'}, process ${pid} on ${host}${time}`;
}
