/** Signals while something long goes on: the first one asks it to stop where it can go on later, a second one quits. */
import type { Progress } from './progress.ts';

/** Exit codes by signal: 128 and its number, as shells give them. */
export const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;
type Signal = keyof typeof SIGNAL_CODES;
const SIGNALS = Object.keys(SIGNAL_CODES) as Signal[];

/** Terminals, shells and npm send a signal on to the whole family: the same one may come twice at once. */
const SAME_MS = 500;

export interface Stop {
  asked: boolean;
  /** Exit code of what was stopped; 0 before it was asked to. */
  code: number;
  release(): void;
}

/** Listens until released. */
export function stopOnInterrupt(progress: Pick<Progress, 'line'>): Stop {
  let first = 0;
  const ask = (signal: Signal) => {
    if (!stop.asked) {
      stop.asked = true;
      stop.code = SIGNAL_CODES[signal];
      first = performance.now();
      progress.line('Stopping after this step and saving; Ctrl-C again quits at once');
    } else if (signal === 'SIGINT' || signal === 'SIGTERM') {
      if (performance.now() - first > SAME_MS) process.exit(SIGNAL_CODES[signal]);
    }
  };
  const stop: Stop = {
    asked: false,
    code: 0,
    release() {
      for (const signal of SIGNALS) process.off(signal, ask);
    },
  };
  for (const signal of SIGNALS) process.on(signal, ask);
  return stop;
}
