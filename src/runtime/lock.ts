/**
 * Locks between processes: a file that names its holder. `withLock` waits for another holder, `takeLock` says who it is.
 * A dead holder's lock is taken over. On the same machine a holder is dead when its process is gone, or its process id
 * now belongs to another program; on other machines and in other containers, when it has not touched its lock for a minute.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isRunning, type ProcessIdentity, thisProcess } from './process.ts';

/** Who holds a lock. */
export interface Holder extends ProcessIdentity {
  /** Of this one taking. */
  id: string;
  /** What it does, such as `train`. */
  doing?: string;
  /** When it took the lock, as ISO 8601. */
  since?: string;
}

/** A lock that this process holds. */
export interface Lock {
  /** Whether another process has taken it over, as happens to one that was suspended on another machine. */
  isTaken(): boolean;
  release(): void;
}

/** Locks that this very process holds: the same process id in another container is somebody else's. */
const held = new Set<string>();

const BEAT_MS = 5_000;
/** A holder touches its lock every BEAT_MS. A holder on another machine that has not done so for this long is dead. */
const STALE_MS = 60_000;

/**
 * Runs `work` while holding the lock at `file`.
 * @param onWait called once, with the holder's process id, when another process holds the lock.
 */
export async function withLock<T>(
  file: string,
  onWait: (pid: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  let told = false;
  let lock = takeLock(file);
  while (!('release' in lock)) {
    if (!told) onWait(lock.pid);
    told = true;
    await sleep(200);
    lock = takeLock(file);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/** Takes the lock at `file`, in a folder that is there. @returns its living holder where it has one */
export function takeLock(file: string, doing?: string): Lock | Holder {
  const own: Holder = {
    ...thisProcess(),
    ...{ id: randomUUID(), ...(doing && { doing }), since: new Date().toISOString() },
  };
  for (;;) {
    const handle = tryLock(file, own);
    if (handle !== null) return keepLock(file, own, handle);
    const holder = readHolder(file);
    if (holder === 'gone') continue;
    if (!isDead(file, holder)) return holder ?? { pid: 0, host: '', id: '' };
    takeAway(file, holder?.id);
  }
}

/** Who holds the lock at `file` and is alive; null where nobody does. */
export function holderOf(file: string): Holder | null {
  const holder = readHolder(file);
  return holder && holder !== 'gone' && !isDead(file, holder) ? holder : null;
}

/** Touches the lock from time to time until it is released, and releases it when the process exits. */
function keepLock(file: string, own: Holder, handle: number): Lock {
  held.add(own.id);
  // The same bytes once more: the time of the change is then the file system's, whatever this machine's clock says.
  const beat = setInterval(() => {
    try {
      writeSync(handle, JSON.stringify(own), 0);
    } catch {
      // A full disk or a lost connection: the next beat tries again.
    }
  }, BEAT_MS).unref();
  const holderId = () => {
    const holder = readHolder(file);
    return holder === 'gone' ? undefined : holder?.id;
  };
  const release = () => {
    if (!held.delete(own.id)) return;
    clearInterval(beat);
    process.off('exit', release);
    closeSync(handle);
    if (holderId() === own.id) rmSync(file, { force: true });
  };
  process.once('exit', release);
  return { isTaken: () => ![undefined, own.id].includes(holderId()), release };
}

/** @returns an open handle of the new file; null where there is one already */
function tryLock(file: string, own: Holder): number | null {
  let handle: number;
  try {
    handle = openSync(file, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw error;
  }
  try {
    writeSync(handle, JSON.stringify(own));
    return handle;
  } catch (error) {
    closeSync(handle);
    rmSync(file, { force: true });
    throw error;
  }
}

/** The lock's holder; undefined while it is being written or unreadable. */
function readHolder(file: string): Holder | undefined | 'gone' {
  try {
    const holder: Partial<Holder> | null = JSON.parse(readFileSync(file, 'utf8'));
    return Number.isSafeInteger(holder?.pid) && holder?.host ? (holder as Holder) : undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined;
  }
}

function isDead(file: string, holder: Holder | undefined): boolean {
  if (!holder) return ageOf(file) > BEAT_MS;
  const here = thisProcess();
  const same = (key: 'host' | 'boot' | 'namespace') => holder[key] === undefined || holder[key] === here[key];
  if (!same('host') || !same('boot') || !same('namespace')) return ageOf(file) > STALE_MS;
  if (holder.pid === process.pid) return !held.has(holder.id);
  return !isRunning(holder.pid, holder.started);
}

/** Milliseconds since the lock was touched, by the clock of the file system: those of two machines may differ. */
function ageOf(file: string): number {
  const probe = `${file}.${randomUUID()}`;
  try {
    writeFileSync(probe, '');
    return statSync(probe).mtimeMs - statSync(file).mtimeMs;
  } catch {
    return 0;
  } finally {
    rmSync(probe, { force: true });
  }
}

/** Removes a dead process's lock. Moved aside first, and put back if it turns out to be a newer one. */
function takeAway(file: string, id: string | undefined): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  const moved = readHolder(aside);
  try {
    // A link, unlike a rename, replaces no third process's lock.
    if (moved && moved !== 'gone' && moved.id !== id) linkSync(aside, file);
  } catch {
    // A third process has the lock now; the one whose lock was moved finds out by `isTaken`.
  }
  rmSync(aside, { force: true });
}
