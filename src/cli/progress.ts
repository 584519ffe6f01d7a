/** How a run looks in the terminal: one line that is drawn over in place, or now and then a line where there is none. */
import { type Span, spanName } from '../methods/parts/segment.ts';
import type { StepMetrics } from '../train/train.ts';

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
/** Steps over which speed is averaged. */
const WINDOW = 50;
const BAR_WIDTH = 20;

export interface Progress {
  /** Of the preparation: what is being done. */
  note(text: string): void;
  update(metrics: StepMetrics): void;
  /** Prints a line that stays. */
  line(text: string): void;
  done(): void;
}

/** A line of progress: drawn over in place, or written now and then. */
function progressLine(out: NodeJS.WriteStream) {
  let drawn = '';
  let lastPlain = Number.NEGATIVE_INFINITY;
  return {
    clear() {
      if (out.isTTY && drawn) out.write('\r\x1b[2K');
      drawn = '';
    },
    /** The text that is drawn, or empty. */
    drawn: () => drawn,
    draw(text: string) {
      drawn = text.slice(0, (out.columns ?? 120) - 1);
      out.write(`\r\x1b[2K${drawn}`);
    },
    /** Step `done` of `total`, in `text`. */
    show(done: number, total: number, text: string) {
      const filled = Math.round((BAR_WIDTH * done) / total);
      if (out.isTTY) this.draw(`${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)} ${text}`);
      else if (performance.now() - lastPlain > PLAIN_SECONDS * 1000) {
        lastPlain = performance.now();
        out.write(`${text}\n`);
      }
    },
  };
}

/** Progress of things that are counted, some of which may have been done earlier. */
export function countProgress(thing: string, out: NodeJS.WriteStream = process.stderr) {
  const line = progressLine(out);
  let before = 0;
  let started = performance.now();
  return {
    begin(_total: number, done: number) {
      before = done;
      started = performance.now();
    },
    update(done: number, total: number) {
      const each = (performance.now() - started) / 1000 / (done - before);
      line.show(done, total, `${thing} ${done}/${total}  ${clock((total - done) * each)} left`);
    },
    done: () => line.clear(),
  };
}

export function trainingProgress(out: NodeJS.WriteStream = process.stderr): Progress {
  const recent: StepMetrics[] = [];
  const line = progressLine(out);
  return {
    note(text) {
      if (out.isTTY) line.draw(text);
    },
    update(metrics) {
      recent.push(metrics);
      if (recent.length > WINDOW) recent.shift();
      const seconds = recent.reduce((sum, step) => sum + step.seconds, 0);
      const tokens = recent.reduce((sum, step) => sum + step.tokens, 0);
      const { step, steps, loss, spanLoss } = metrics;
      const left = ((steps - step) * seconds) / recent.length;
      const speed = `${Math.round(tokens / seconds).toLocaleString('en')} tokens/s`;
      const text = `step ${step}/${steps}  ${clock(left)} left  ${speed}  loss ${loss.toFixed(3)} (${spansText(spanLoss)})`;
      line.show(step, steps, text);
    },
    line(text) {
      const again = line.drawn();
      line.clear();
      out.write(`${text}\n`);
      if (again) line.draw(again);
    },
    done: line.clear,
  };
}
