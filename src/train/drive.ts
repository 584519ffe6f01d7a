/**
 * A run driven to its end in its folder: the loop of `train.ts` with what hangs on it for every caller, which is the
 * metrics file, validation and saving. What a caller shows of it is its own.
 */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../files.ts';
import type { Recipe } from '../recipe/schema.ts';
import { type Best, beginRun, resumeRun, saveBest, saveStep } from './checkpoints.ts';
import { type PrepareOptions, prepareRun, type Run } from './run.ts';
import { type StepMetrics, train } from './train.ts';
import { type ValidationMetrics, validate } from './validate.ts';

/** A run in its folder. */
export interface KeptRun {
  dir: string;
  run: Run;
  /** The best validation so far; null where there was none. */
  best: Best | null;
}

/** One line of `metrics.jsonl`. */
export type MetricsLine = StepMetrics & { validation?: ValidationMetrics };

export interface DriveEvents {
  /** After each step. */
  onStep?(line: MetricsLine): void;
  /** After each save but one that ends the run before its time. */
  onSave?(): Promise<void>;
  /** Asked after each step: true saves there and stops. */
  stopping?(): boolean;
}

/** The run of `recipe` in `dir`, from its last save or from the start. */
export async function openRun(
  dir: string,
  recipe: Recipe,
  { resume, ...options }: Pick<PrepareOptions, 'note' | 'mode'> & { resume: boolean },
): Promise<KeptRun> {
  if (resume) return { dir, ...(await resumeRun(dir, recipe, options)) };
  await makeFolder(dir);
  const run = await prepareRun(recipe, options);
  await beginRun(dir, run);
  return { dir, run, best: null };
}

/**
 * Trains to the last step, or until asked to stop. Whatever ends it, all steps made so far are saved; `kept.best`
 * follows, and the folder itself holds the best weights.
 * @returns whether the last step was reached
 */
export async function drive(kept: KeptRun, { onStep, onSave, stopping }: DriveEvents = {}): Promise<boolean> {
  const { dir, run } = kept;
  const { validateEvery, saveEvery } = run.recipe.train;
  const due = (step: number, every: number) => step === run.steps || (every > 0 && step % every === 0);
  let saved = run.step;
  const save = async () => {
    await saveStep(dir, run, kept.best);
    saved = run.step;
  };
  try {
    for await (const metrics of train(run)) {
      const { step } = metrics;
      const validation = due(step, validateEvery) ? await validate(run) : null;
      const line: MetricsLine = { ...metrics, ...(validation && { validation }) };
      await appendFile(join(dir, 'metrics.jsonl'), `${JSON.stringify(line)}\n`);
      onStep?.(line);
      if (validation && (!kept.best || validation.loss < kept.best.loss)) {
        kept.best = { step, loss: validation.loss };
        await saveBest(dir, run);
      }
      const stops = stopping?.() ?? false;
      if (due(step, saveEvery) || stops) await save();
      if (!kept.best && saved === step) await saveBest(dir, run);
      if (stops) break;
      if (saved === step) await onSave?.();
    }
  } catch (error) {
    if (run.step > saved) await save();
    throw error;
  }
  return run.step === run.steps;
}
