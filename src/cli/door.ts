/**
 * Where every error of a command ends: one line on stderr and exit code 1; with `--debug`, or PLUG_DEBUG=1, the stack
 * too. Errors that nobody waits for (a rejected promise, a stream that breaks) come here as well.
 */
import { writeSync } from 'node:fs';
import { inspect } from 'node:util';
import { errorLine } from '../errors.ts';
import { SIGNAL_CODES } from './interrupt.ts';

/** What a stream says when nobody reads it: `head` has closed the pipe, the terminal is gone. */
const GONE = new Set(['EPIPE', 'EIO', 'ENXIO', 'ECONNRESET']);
/** Exit code, as Node has it, of a process in which only waiting is left. */
const UNSETTLED = 13;
const WAITS =
  'plug-tune: expected the command to end, got one that waits for something that never comes; ' +
  'look for an `await` in your recipe or method that never ends';

/** From this number on, exit codes are those of signals; the program itself ends by them. */
const SIGNALS = 128;
const leaves = (code: number) =>
  `plug-tune: expected a recipe or method that returns, got one that calls process.exit(${code}); remove that call`;

/** Whether the stack of an error is shown. */
export const isDebug = (args: string[], env: NodeJS.ProcessEnv = process.env): boolean =>
  hasFlag(args, '--debug') || !['', '0', undefined].includes(env.PLUG_DEBUG);

/** The arguments before a lone `--`, and the rest. */
function splitAtDashes(args: string[]): [flags: string[], rest: string[]] {
  const end = args.indexOf('--');
  return end < 0 ? [args, []] : [args.slice(0, end), args.slice(end)];
}

/** Whether `flag` is among the arguments before a lone `--`. */
export const hasFlag = (args: string[], flag: string): boolean => splitAtDashes(args)[0].includes(flag);

/** The arguments without some flags that take no value. */
export function withoutFlags(args: string[], flags: string[]): string[] {
  const [before, rest] = splitAtDashes(args);
  return [...before.filter((arg) => !flags.includes(arg)), ...rest];
}

/** What is printed of an error. */
export const errorText = (error: unknown, debug: boolean): string =>
  debug ? `${errorLine(error)}\n${inspect(error, { depth: 4 })}` : errorLine(error);

/**
 * Sends errors that nobody waits for through the same door.
 * @returns to be called when the command has ended
 */
export function guardProcess(debug: boolean): () => void {
  let isDone = false;
  const end = (error: unknown): void => {
    isDone = true;
    process.stderr.write(`${errorText(error, debug)}\n`, () => process.exit(1));
  };
  process.on('uncaughtException', end).on('unhandledRejection', end);
  let isDrained = false;
  process.on('beforeExit', () => {
    isDrained = true;
  });
  process.on('exit', (code) => {
    if (isDone || code >= SIGNALS) return;
    if (code === 0) process.exitCode = isDrained ? UNSETTLED : 1;
    writeSync(2, `${isDrained ? WAITS : leaves(code)}\n`);
  });
  let isClosed = false;
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].on('error', (error: NodeJS.ErrnoException) => {
      if (isClosed) return;
      isClosed = true;
      if (!GONE.has(error.code ?? '')) return end(Object.assign(error, { path: name }));
      // Nobody reads any more. A listener of this signal saves the run and ends the process.
      if (!process.emit('SIGPIPE', 'SIGPIPE')) process.exit(SIGNAL_CODES.SIGPIPE);
    });
  }
  return () => {
    isDone = true;
  };
}
