/**
 * One set-up at a time: a lock file naming the process that holds it. A process that finds the lock held waits and
 * says so; a lock whose process is gone is taken over. The lock only saves work: what `setup.ts` puts into the cache
 * is right without it, since it is moved into place in one rename.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';

interface Owner {
  pid: number;
  host: string;
  id: string;
}

/** Locks that this very process holds: the same process id in another container is somebody else's. */
const held = new Set<string>();

const BEAT_MS = 5_000;
/** A holder touches its lock every BEAT_MS; one not touched for this long is dead, on whatever machine it ran. */
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
  const owner: Owner = { pid: process.pid, host: os.hostname(), id: randomUUID() };
  let told = false;
  while (!tryLock(file, owner)) {
    const holder = readOwner(file);
    if (holder === 'gone') continue;
    if (isDead(file, holder)) {
      takeAway(file, holder?.id);
      continue;
    }
    if (!told) onWait(holder?.pid ?? 0);
    told = true;
    await sleep(200);
  }
  held.add(owner.id);
  const beat = setInterval(() => touch(file), BEAT_MS).unref();
  const interrupted = () => release(file, owner);
  process.once('exit', interrupted);
  try {
    return await work();
  } finally {
    held.delete(owner.id);
    clearInterval(beat);
    process.off('exit', interrupted);
    release(file, owner);
  }
}

function tryLock(file: string, owner: Owner): boolean {
  try {
    writeFileSync(file, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** The lock's owner; undefined while it is being written or unreadable. */
function readOwner(file: string): Owner | undefined | 'gone' {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Owner;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined;
  }
}

function isDead(file: string, holder: Owner | undefined): boolean {
  let age = 0;
  try {
    age = Date.now() - statSync(file).mtimeMs;
  } catch {
    return false;
  }
  if (age > STALE_MS || !holder) return age > (holder ? STALE_MS : BEAT_MS);
  if (holder.host !== os.hostname()) return false;
  if (holder.pid === process.pid) return !held.has(holder.id);
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
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
  const moved = readOwner(aside);
  if (moved && moved !== 'gone' && moved.id !== id) renameSync(aside, file);
  else rmSync(aside, { force: true });
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // Taken over by another process: nothing to keep alive.
  }
}

function release(file: string, owner: Owner): void {
  const holder = readOwner(file);
  if (holder && holder !== 'gone' && holder.id === owner.id) rmSync(file, { force: true });
}
