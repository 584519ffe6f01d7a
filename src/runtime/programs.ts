/**
 * Finds programs on the PATH and runs them: python, pip and the compiler for `setup.ts`, nvidia-smi for
 * `device.ts`. Nothing here runs once the cache is filled.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

export interface Finished {
  /** The exit status; -1 when a signal ended it or it could not be started. */
  code: number;
  stdout: string;
  stderr: string;
}

const running = new Set<ChildProcess>();

/** The full path of the first of `names` found on `env.PATH`. */
export function findProgram(names: string[], env: NodeJS.ProcessEnv): string | undefined {
  for (const name of names) {
    for (const folder of (env.PATH ?? '').split(path.delimiter)) {
      const file = path.resolve(folder || '.', name);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // Not in this folder.
      }
    }
  }
  return undefined;
}

/** Runs a program to its end and collects what it prints; never throws for a failing program. */
export function runProgram(
  program: string,
  args: string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number },
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: options.env,
      cwd: options.cwd,
      timeout: options.timeoutMs,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A process group of its own, so that what it starts can be ended with it.
      detached: true,
    });
    running.add(child);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const finish = (code: number, extra = '') => {
      running.delete(child);
      resolve({ code, stdout, stderr: stderr + extra });
    };
    child.on('error', (error) => finish(-1, error.message));
    child.on('close', (code) => finish(code ?? -1));
  });
}

/** Ends every program still running and what it started, for a set-up that is interrupted. */
export function killPrograms(): void {
  for (const { pid } of running) {
    try {
      if (pid) process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
}
