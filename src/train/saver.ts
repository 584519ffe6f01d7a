/**
 * Saves a run while it trains. Training waits only until all values are written; flushing them to disk, hashing them and
 * moving them into place go on beside the next steps. Saves by time are spaced such that training waits little.
 */
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { displayPath } from '../paths.ts';
import type { Lock } from '../runtime/lock.ts';
import { beginSave, endSave } from './checkpoints.ts';
import { MARK, type RunMark, readMark, writeMark } from './mark.ts';
import { publish, stageModel } from './publish.ts';
import type { Run } from './run.ts';
import { type Best, commitStep } from './steps.ts';

/** A run in its folder. */
export interface RunDir {
  dir: string;
  run: Run;
  /** The best validation so far; null where there was none. */
  best: Best | null;
  /** Of the folder. */
  lock?: Lock;
}

/** How often a run is saved where `train.saveEvery` is "auto". */
export interface Pace {
  /** From one save to the next. */
  seconds: number;
  /** Largest share of the time that training may wait for saves; they come less often where they take long. */
  share: number;
}

const PACE: Pace = { seconds: 120, share: 0.05 };

/** A save that failed. Its message says what is lost; the save is not tried again. */
export class SaveError extends UserError {
  override name = 'SaveError';
}

export interface Saver {
  /** Whether the run is to be saved at this step. */
  due(step: number): boolean;
  /** Saves the current step. */
  save(): Promise<void>;
  /** Makes the current weights the folder's own. */
  saveBest(): Promise<void>;
  /** Throws where a save has failed meanwhile. */
  check(): void;
  /** Saves once more before the run ends, unless that would fail for the same reason. @throws SaveError where it fails */
  lastly(): Promise<void>;
  /** Waits until all is on the disk. @throws SaveError where a save failed */
  settled(): Promise<void>;
  /** The last step that is whole on the disk. */
  saved(): number;
}

/** Whether a save failed since its folder was gone: another one makes the folder again. */
function wasRemoved(error: unknown): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    if ((one as NodeJS.ErrnoException).code === 'ENOENT') return true;
  }
  return false;
}

/** @param warn called with what a person must know */
export function makeSaver(
  runDir: RunDir,
  warn: (line: string) => void = () => {},
  { seconds, share } = PACE,
): Saver {
  const { dir, run } = runDir;
  const { saveEvery } = run.recipe.train;
  const first = run.step;
  let saved = first;
  let interval = 1000 * seconds;
  let last = performance.now();
  let failure: SaveError | null = null;
  let mark: RunMark | null = null;
  let pending: Promise<void> = readMark(dir).then((found) => {
    mark = found;
  });

  /** What could not be saved, and what is. */
  const failed = (error: unknown): SaveError => {
    if (error instanceof SaveError) return error;
    const steps = run.step > saved + 1 ? `steps ${saved + 1} to ${run.step} are` : `step ${run.step} is`;
    const lost =
      run.step > saved ? `${steps} not saved` : 'all steps are saved, what follows on a save is not done';
    const safe = saved > 0 ? `step ${saved} is whole` : 'no step is';
    return new SaveError(`${(error as Error).message}. Ended: ${lost}, ${safe}`, { cause: error });
  };
  /** Runs the rest of a save beside the training. */
  const goOn = (work: () => Promise<string[]>) => {
    pending = work().then(
      (lines) => lines.forEach(warn),
      (error) => {
        failure = failed(error);
      },
    );
  };
  const check = () => {
    if (failure) throw failure;
  };
  const settled = async () => {
    await pending;
    check();
  };
  /** The run is saved on where somebody removes its mark. */
  const keepMark = async () => {
    const found = await readMark(dir);
    mark = found ?? mark;
    if (found || !mark) return;
    warn(`${displayPath(join(dir, MARK))}: removed meanwhile; the run is saved into the folder as it is now`);
    await writeMark(dir, { ...mark, weights: {}, incoming: undefined, replaces: undefined });
  };
  const attempt = async (work: () => Promise<void>) => {
    try {
      await settled();
      if (runDir.lock?.isTaken()) {
        throw new UserError(`${dir}: expected to be the only process at work on it, got another one there`);
      }
      await keepMark();
      await work();
    } catch (error) {
      failure = failed(error);
      throw failure;
    }
  };
  return {
    due(step) {
      if (step === run.steps) return true;
      if (saveEvery !== 'auto') return saveEvery > 0 && step % saveEvery === 0;
      return performance.now() - last >= interval;
    },
    async save() {
      const started = performance.now();
      await attempt(async () => {
        const staged = await beginSave(dir, run, runDir.best);
        goOn(async () => {
          await commitStep(dir, staged);
          saved = staged.state.step;
          return endSave(dir, run, staged);
        });
      });
      last = performance.now();
      interval = Math.max(1000 * seconds, (last - started) / share);
    },
    saveBest: () =>
      attempt(async () => {
        const staged = await stageModel(dir, run);
        goOn(() => publish(dir, staged));
      }),
    check,
    async lastly() {
      await pending;
      if (failure && !wasRemoved(failure)) throw failure;
      failure = null;
      if (run.step > saved) await this.save();
      await settled();
    },
    settled,
    saved: () => saved,
  };
}
