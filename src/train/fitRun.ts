/**
 * Trains a run in its folder to the last step. Each caller gets the metrics file, validation and saving; what it prints is
 * its own.
 */
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { append, makeFolder } from '../files.ts';
import type { Recipe } from '../recipe/schema.ts';
import { beginRun, refuseOthers, resumeRun } from './checkpoints.ts';
import { readMark } from './mark.ts';
import { type PrepareOptions, prepareRun } from './run.ts';
import { makeSaver, type Pace, type RunDir, SaveError, type Saver } from './saver.ts';
import { type StepMetrics, train } from './train.ts';
import { type ValidationMetrics, validate } from './validate.ts';

export type { RunDir } from './saver.ts';

/** One line of `metrics.jsonl`. */
export type MetricsLine = StepMetrics & { validation?: ValidationMetrics };

export interface FitEvents {
  /** After each step. */
  onStep?(line: MetricsLine): void;
  /** After each save but one that ends the run before its time. */
  onSave?(): Promise<void>;
  /** Told what a person must know of a save. */
  warn?(line: string): void;
  /** Asked after each step: true saves there and stops. */
  stopping?(): boolean;
}

/**
 * The run of `recipe` in `dir`, from its last save or from the start. The caller holds the folder's lock. An earlier run
 * in the folder is replaced where `resume` is false: see `beginRun`.
 */
export async function openRun(
  dir: string,
  recipe: Recipe,
  { resume, ...options }: PrepareOptions & { resume: boolean },
): Promise<RunDir> {
  if (resume) return { dir, ...(await resumeRun(dir, recipe, options)) };
  await makeFolder(dir);
  await refuseOthers(dir);
  const run = await prepareRun(recipe, options);
  try {
    await beginRun(dir, run);
  } catch (error) {
    run.dispose();
    throw error;
  }
  return { dir, run, best: null };
}

/**
 * Trains to the last step, or until asked to stop. Whatever ends it, all steps made so far are saved; `runDir.best`
 * follows, and the folder itself holds the best weights.
 * @param pace of saves where `train.saveEvery` is "auto"
 * @returns whether the last step was reached
 */
export async function fitRun(
  runDir: RunDir,
  { onStep, onSave, stopping, warn }: FitEvents = {},
  pace?: Pace,
): Promise<boolean> {
  const { dir, run } = runDir;
  const { validateEvery } = run.recipe.train;
  const saver = makeSaver(runDir, warn, pace);
  try {
    for await (const metrics of train(run)) {
      const { step } = metrics;
      const validates = step === run.steps || (validateEvery > 0 && step % validateEvery === 0);
      const validation = validates ? await validate(run) : null;
      const line: MetricsLine = { ...metrics, ...(validation && { validation }) };
      await append(join(dir, 'metrics.jsonl'), `${JSON.stringify(line)}\n`);
      onStep?.(line);
      if (validation && (!runDir.best || validation.loss < runDir.best.loss)) {
        runDir.best = { step, loss: validation.loss };
        await saver.saveBest();
      }
      saver.check();
      const stops = stopping?.() ?? false;
      const saves = stops || saver.due(step);
      if (saves) await saver.save();
      if (stops) break;
      if (saves) await onSave?.();
    }
    await saver.settled();
  } catch (error) {
    throw await saveBeforeEnd(runDir, saver, error);
  }
  return run.step === run.steps;
}

/** Saves what an error would lose. @returns the error, with what could not be saved */
async function saveBeforeEnd({ dir }: RunDir, saver: Saver, error: unknown): Promise<unknown> {
  // The first saved step of a run takes the place of the run before it: one that fails so early does not.
  if (saver.saved() === 0 && (await readMark(dir))?.replaces) return error;
  try {
    await saver.lastly();
    return error;
  } catch (second) {
    if (error instanceof SaveError) return error;
    return new UserError(`${(error as Error).message}. ${(second as Error).message}`, { cause: error });
  }
}
