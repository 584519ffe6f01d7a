/**
 * How far something long is, on stderr: one line that is drawn over in place on a terminal, elsewhere a line at every
 * twentieth of the way and every quarter of a minute. `--quiet` leaves all of it out.
 */
import { type Span, spanName } from '../methods/parts/segment.ts';
import { isQuiet } from '../note.ts';
import type { StepMetrics } from '../train/train.ts';
import { type Clock, paceOf } from './pace.ts';

/** Losses by span, as a person reads them. */
export function spansText(spanLoss: Partial<Record<Span, number>>): string {
  return Object.entries(spanLoss)
    .map(([span, loss]) => `${spanName(span)} ${loss.toFixed(3)}`)
    .join(', ');
}

/** `90` seconds to `1:30`, `3700` to `1:01:40`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, '0'))).join(':');
}

/** Seconds between two lines where no line can be drawn over. */
const PLAIN_SECONDS = 15;
/** Lines on the whole way there, where steps are quick. */
const PLAIN_LINES = 20;
/** Counts of one batch come at once; a line for one of them is enough. */
const ONE_BATCH_MS = 20;
/** Steps that are slow for another reason than the model: their programs are recorded first. */
const FIRST_STEPS = 2;
const BAR_WIDTH = 20;

/** Where progress is drawn, and what time it is; both for tests. */
export interface Screen {
  out?: NodeJS.WriteStream;
  now?: Clock;
}

export interface Progress {
  /** Of the preparation: what is being done. */
  note(text: string): void;
  update(metrics: StepMetrics): void;
  /** Prints a line that stays. */
  line(text: string): void;
  /** The same of what a person must know, also under --quiet. */
  warn(text: string): void;
  done(): void;
}

/** A line of progress: drawn over in place, or written now and then. */
function progressLine({ out = process.stderr, now = () => performance.now() }: Screen) {
  let drawn = '';
  let shownAt = Number.NEGATIVE_INFINITY;
  let shownDone = 0;
  const plain = (text: string) => {
    shownAt = now();
    out.write(`${text}\n`);
  };
  const isApart = (isLast: boolean) => isLast || now() - shownAt >= ONE_BATCH_MS;
  const isDue = () => now() - shownAt > PLAIN_SECONDS * 1000;
  return {
    out,
    clear() {
      if (out.isTTY && drawn) out.write('\r\x1b[2K');
      drawn = '';
    },
    /** The text that is drawn, or empty. */
    drawn: () => drawn,
    draw(text: string) {
      if (isQuiet()) return;
      if (!out.isTTY) {
        if (isDue()) plain(text);
        return;
      }
      drawn = text.slice(0, (out.columns ?? 120) - 1);
      out.write(`\r\x1b[2K${drawn}`);
    },
    /** Step `done` of `total`, in `text`. */
    show(done: number, total: number, text: string) {
      if (isQuiet()) return;
      const filled = Math.round((BAR_WIDTH * done) / total);
      const part = (some: number) => Math.floor((PLAIN_LINES * some) / total);
      if (out.isTTY) this.draw(`${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${text}`);
      else if (
        shownDone === 0 ||
        done < shownDone ||
        (part(done) > part(shownDone) && isApart(done === total)) ||
        isDue()
      ) {
        shownDone = done;
        plain(text);
      }
    },
  };
}

const leftText = (seconds: number | null) => (seconds === null ? '' : `  ${clock(seconds)} left`);

/** Progress of things that are counted, some of which may have been done earlier. */
export function countProgress(thing: string, screen: Screen = {}) {
  const line = progressLine(screen);
  const pace = paceOf({ warmUp: 1, ...screen });
  return {
    begin(_total: number, _done: number) {
      pace.restart();
    },
    update(done: number, total: number) {
      pace.add(done);
      line.show(done, total, `${thing} ${done}/${total}${done < total ? leftText(pace.left(total)) : ''}`);
    },
    done: () => line.clear(),
  };
}

export function trainingProgress(screen: Screen = {}): Progress {
  const line = progressLine(screen);
  const pace = paceOf({ warmUp: FIRST_STEPS, ...screen });
  const tokens = paceOf({ warmUp: FIRST_STEPS, ...screen });
  let [last, count] = [0, 0];
  const stays = (text: string) => {
    const again = line.drawn();
    line.clear();
    line.out.write(`${text}\n`);
    if (again) line.draw(again);
  };
  return {
    note: (text) => line.draw(text),
    update(metrics) {
      const { step, steps, loss, spanLoss } = metrics;
      if (step !== last + 1) {
        pace.restart();
        tokens.restart();
      }
      [last, count] = [step, count + metrics.tokens];
      pace.add(step);
      tokens.add(count);
      const rate = tokens.rate();
      const speed = rate === null ? '' : `  ${Math.round(rate).toLocaleString('en')} tokens/s`;
      const left = step < steps ? leftText(pace.left(steps)) : '';
      line.show(
        step,
        steps,
        `step ${step}/${steps}${left}${speed}  loss ${loss.toFixed(3)} (${spansText(spanLoss)})`,
      );
    },
    line(text) {
      if (!isQuiet()) stays(text);
    },
    warn: (text) => stays(`Warning: ${text}`),
    done: line.clear,
  };
}
