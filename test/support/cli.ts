/** The command line as a process, as a person calls it from a folder of theirs. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));

export interface Ended {
  code: number | null;
  out: string;
  error: string;
}

/** @param onError is told all that stderr holds so far, whenever there is more */
export function startCli(
  folder: string,
  args: string[],
  onError?: (error: string, child: ChildProcess) => void,
): { child: ChildProcess; ended: Promise<Ended> } {
  const env = { ...process.env, INIT_CWD: folder, NO_COLOR: '1' };
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...args], { env });
  let [out, error] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => {
    error += chunk;
    onError?.(error, child);
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, out, error }));
  });
  return { child, ended };
}
