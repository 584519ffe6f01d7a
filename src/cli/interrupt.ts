/**
 * Signals while something long goes on: the first one asks it to stop where it can go on later, a second one quits. A
 * reader of our output that has gone, such as `head` or a closed terminal, asks in the same way.
 */
import type { Progress } from './progress.ts';

/** Exit codes by signal: 128 and its number, as shells give them. */
const CODES = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;
type Signal = keyof typeof CODES;
/** SIGPIPE comes as an error of a stream. */
const SENT = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** Terminals, shells and npm send a signal on to the whole family: the same one may come twice at once. */
const SAME_MS = 500;

export interface Stop {
  asked: boolean;
  /** Exit code of what was stopped; 0 before it was asked to. */
  code: number;
  release(): void;
}

const listeners = new Set<(signal: Signal) => void>();

/** Listens until released. */
export function stopOnInterrupt(progress: Pick<Progress, 'line'>): Stop {
  let first = 0;
  const ask = (signal: Signal) => {
    if (!stop.asked) {
      stop.asked = true;
      stop.code = CODES[signal];
      first = performance.now();
      progress.line('Stopping after this step and saving; Ctrl-C again quits at once');
    } else if (signal === 'SIGINT' || signal === 'SIGTERM') {
      if (performance.now() - first > SAME_MS) process.exit(CODES[signal]);
    }
  };
  const stop: Stop = {
    asked: false,
    code: 0,
    release() {
      listeners.delete(ask);
      for (const signal of SENT) process.off(signal, ask);
    },
  };
  listeners.add(ask);
  for (const signal of SENT) process.on(signal, ask);
  return stop;
}

/** What a stream says when nobody reads it any more: a pipe that was closed, a terminal that is gone. */
const GONE = new Set(['EPIPE', 'EIO', 'ENXIO', 'ECONNRESET']);

/** Ends the process when its output has no reader left, or asks for that what listens to signals. */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!GONE.has(error.code ?? '')) throw error;
      if (listeners.size === 0) process.exit(CODES.SIGPIPE);
      for (const ask of listeners) ask('SIGPIPE');
    });
  }
}
