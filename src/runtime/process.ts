/** Which process this is, in terms by which another process can find out whether it still runs. */
import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import os from 'node:os';

export interface ProcessIdentity {
  pid: number;
  host: string;
  /** Changes when the machine starts again. Linux only. */
  boot?: string;
  /** Containers number their processes themselves: the same id is another process there. Linux only. */
  namespace?: string;
  /** When it started, as the system reports it: another program with the same id started at another time. */
  started?: string;
}

let own: ProcessIdentity | undefined;

export function thisProcess(): ProcessIdentity {
  if (own?.pid === process.pid) return own;
  const boot = orNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = orNothing(() => readlinkSync('/proc/self/ns/pid'));
  const started = startOf(process.pid);
  own = {
    ...{ pid: process.pid, host: os.hostname() },
    ...(boot && { boot }),
    ...(namespace && { namespace }),
    ...(started && { started }),
  };
  return own;
}

/** Whether process `pid` of this machine runs, and is the one that started at `started`, if that is known. */
export function isRunning(pid: number, started?: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Without permission to signal it, it runs all the same.
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const now = startOf(pid);
  if (now === ENDED) return false;
  return started === undefined || now === undefined || now === started;
}

/** What `startOf` says of a process that has ended and whose parent has not asked for its exit code yet. */
const ENDED = 'ended';

/** When a process started, as the system reports it; undefined where the system does not tell. */
export function startOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
    // Fields follow the name, which is in parentheses and may hold any character: state first, start as the 20th.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields && (fields[0] === 'Z' || fields[0] === 'X' ? ENDED : fields[19]);
  }
  const { stdout } = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout?.trim() || undefined;
}

function orNothing(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
