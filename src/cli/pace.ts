/**
 * How fast something goes, from when it has got going: the first steps, in which programs are recorded and memory is
 * taken, tell nothing about the rest.
 */

/** Milliseconds since some time. */
export type Clock = () => number;

/** Steps over which speed is taken. */
const WINDOW = 50;
/** Time left is known from this many steps on, */
const ENOUGH_STEPS = 5;
/** or from this many seconds and two steps on. */
const ENOUGH_SECONDS = 10;
/** Counts that come within this time of each other belong to one batch. */
const ONE_BATCH_MS = 20;

export interface Pace {
  /** So many are done by now. */
  add(done: number): void;
  /** A second, since the first steps; null while it cannot be known. */
  rate(): number | null;
  /** Seconds until `total` are done; null while it cannot be known. */
  left(total: number): number | null;
  /** What comes next has first steps of its own. */
  restart(): void;
}

/** @param options.warmUp number of first steps that do not count */
export function paceOf({ warmUp, now = () => performance.now() }: { warmUp: number; now?: Clock }): Pace {
  let marks: { done: number; at: number }[] = [];
  let skipped = 0;
  const rate = () => {
    const [first, last] = [marks[0], marks[marks.length - 1]];
    const steps = marks.length - 1;
    if (steps < 1) return null;
    const seconds = (last.at - first.at) / 1000;
    const isEnough = steps >= ENOUGH_STEPS || (steps >= 2 && seconds >= ENOUGH_SECONDS);
    return isEnough && seconds > 0 ? (last.done - first.done) / seconds : null;
  };
  return {
    add(done) {
      const at = now();
      const last = marks[marks.length - 1];
      if (last && at - last.at < ONE_BATCH_MS) {
        last.done = done;
        return;
      }
      // The last of the first steps is the mark that the others are measured from.
      if (skipped < warmUp) {
        skipped += 1;
        if (skipped < warmUp) return;
      }
      marks.push({ done, at });
      if (marks.length > WINDOW + 1) marks.shift();
    },
    rate,
    left(total) {
      const perSecond = rate();
      return perSecond === null || perSecond <= 0 ? null : (total - marks[marks.length - 1].done) / perSecond;
    },
    restart() {
      marks = [];
      skipped = 0;
    },
  };
}
