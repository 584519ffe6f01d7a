/** Ctrl-C while something long goes on: the first one asks it to stop where it can go on later, the second quits. */
import type { Progress } from './progress.ts';

/** Listens until released. */
export function stopOnInterrupt(progress: Pick<Progress, 'line'>): { asked: boolean; release(): void } {
  const stop = {
    asked: false,
    release: () => process.off('SIGINT', onInterrupt).off('SIGTERM', onInterrupt),
  };
  function onInterrupt() {
    if (stop.asked) process.exit(130);
    stop.asked = true;
    progress.line('Stopping after this step and saving; Ctrl-C again quits at once');
  }
  process.on('SIGINT', onInterrupt).on('SIGTERM', onInterrupt);
  return stop;
}
