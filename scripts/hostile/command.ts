/** Runs a command and measures it: exit code, seconds, the most memory that it held, and what it said on stderr. */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const main = join(root, 'src/cli/main.ts');
const loader = import.meta.resolve('tsx');

/** What is kept of stderr: a command that never ends may write without end. */
const MOST_TEXT = 1_000_000;

export interface Measured {
  code: number | null;
  /** What ended it, where it was not its own doing; `SIGKILL` after the limit of time or memory. */
  signal: string | null;
  seconds: number;
  /** Of all its threads; NaN where it was killed. */
  cpuSeconds: number;
  /** Largest resident memory, in MB of 10^6 bytes. */
  megabytes: number;
  out: string;
  error: string;
}

export interface Limits {
  seconds: number;
  megabytes: number;
}

/** Peak of a process that runs, from Linux's /proc; 0 elsewhere. */
function peakOf(pid: number | undefined): number {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found ? (Number(found[1]) * 1024) / 1e6 : 0;
  } catch {
    return 0;
  }
}

/** Written by the process itself when it exits; a process that is killed has only what was sampled. */
function usageIn(file: string): { megabytes: number; cpuSeconds: number } {
  try {
    const [kilobytes, cpuSeconds] = readFileSync(file, 'utf8').split(' ').map(Number);
    return { megabytes: (kilobytes * 1024) / 1e6, cpuSeconds };
  } catch {
    return { megabytes: 0, cpuSeconds: Number.NaN };
  }
}

/**
 * A verb of the command line, in `folder`.
 * @param stdout a file that its answers go to; default: they are kept
 */
export function measure(
  folder: string,
  args: string[],
  limits: Limits,
  { stdout, env = {} }: { stdout?: string; env?: Record<string, string> } = {},
): Promise<Measured> {
  const usageFile = join(folder, '.usage');
  const usageHook = `data:text/javascript,${encodeURIComponent(
    `import { readFileSync, writeFileSync } from 'node:fs';
    // Linux counts in maxRSS what the parent held when it started the process; VmHWM is the process's own.
    const peak = () => {
      try {
        return /VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1];
      } catch {
        return process.resourceUsage().maxRSS;
      }
    };
    process.on('exit', () => {
      const { userCPUTime, systemCPUTime } = process.resourceUsage();
      writeFileSync(${JSON.stringify(usageFile)}, peak() + ' ' + (userCPUTime + systemCPUTime) / 1e6);
    });`,
  )}`;
  const handle = stdout === undefined ? null : openSync(stdout, 'w');
  const started = performance.now();
  const child = spawn(process.execPath, ['--import', loader, '--import', usageHook, main, ...args], {
    cwd: folder,
    env: {
      ...process.env,
      ...{ INIT_CWD: folder, NO_COLOR: '1', PLUG_DATA_CACHE: join(folder, '.cache') },
      ...env,
    },
    stdio: ['ignore', handle ?? 'pipe', 'pipe'],
  });
  if (handle !== null) closeSync(handle);
  let [out, error, sampled] = ['', '', 0];
  child.stdout?.on('data', (chunk) => (out = (out + chunk).slice(0, MOST_TEXT)));
  child.stderr?.on('data', (chunk) => (error = (error + chunk).slice(0, MOST_TEXT)));
  const sampling = setInterval(() => {
    sampled = Math.max(sampled, peakOf(child.pid));
    // A process beyond its memory is ended before it takes the machine's.
    if (sampled > 2 * limits.megabytes) child.kill('SIGKILL');
  }, 20);
  const ending = setTimeout(() => child.kill('SIGKILL'), limits.seconds * 1000);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(sampling);
      clearTimeout(ending);
      const { megabytes, cpuSeconds } = usageIn(usageFile);
      rmSync(usageFile, { force: true });
      const seconds = (performance.now() - started) / 1000;
      resolve({ code, signal, seconds, cpuSeconds, megabytes: Math.max(sampled, megabytes), out, error });
    });
  });
}
