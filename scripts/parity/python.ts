/**
 * Runs `peers.py` and asks it, one JSON line there and one back. Python's tokenizers are reached through here alone;
 * `run.ts` closes it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Python's libraries, ready to be asked. */
export interface Python {
  /** Sends `request`; the answer's shape is that of `peers.py`. @throws Error when Python ends first */
  ask<T>(request: object): Promise<T>;
  /** Ends Python. */
  close(): void;
}

/** Starts `peers.py` in the interpreter `program`. What Python says of errors goes to the terminal. */
export function startPython(program: string): Python {
  const script = new URL('peers.py', import.meta.url).pathname;
  const child = spawn(program, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = once(child, 'error').then(([error]) => Promise.reject(error));
  failed.catch(() => undefined);
  child.stdin.on('error', () => undefined); // the end of the answers says it
  return {
    async ask<T>(request: object): Promise<T> {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const { value, done } = await Promise.race([lines.next(), failed]);
      if (done)
        throw new Error(`${script}: expected an answer, got the end of Python; its error stands above`);
      return JSON.parse(value) as T;
    },
    close: () => child.stdin.end(),
  };
}
