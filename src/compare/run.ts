/**
 * One run of a comparison: trained and evaluated, as far as that is not done already. What only resuming needs is removed
 * once both are done.
 */
import { join } from 'node:path';
import type { ScoredAnswer } from '../evaluate/answer.ts';
import { evaluateFolder } from '../evaluate/folder.ts';
import { withFolderLock } from '../folderLock.ts';
import { readMetrics, type StepRecord } from '../report/records.ts';
import type { Lock } from '../runtime/lock.ts';
import { refuseOthers, runStatus } from '../train/checkpoints.ts';
import { type FitEvents, fitRun, openRun } from '../train/fitRun.ts';
import { settle } from '../train/replace.ts';
import { slimSteps } from '../train/steps.ts';
import type { PlannedRun } from './plan.ts';

export interface FinishedRun extends PlannedRun {
  answers: ScoredAnswer[];
  metrics: StepRecord[];
}

/** What is asked of every run, in place of what its recipe says. */
export interface Questions {
  files?: string[];
  /** Rows of each file. */
  limit?: number;
  /** Instructions asked at once. */
  batchSize?: number;
}

export interface RunEvents extends Pick<FitEvents, 'onStep' | 'stopping' | 'warn'> {
  note?(text: string): void;
  /** Trains also where the memory is estimated to be too small. */
  force?: boolean;
  onBegin?(total: number, done: number): void;
  onAnswer?(done: number, total: number): void;
}

/**
 * @returns null where it was asked to stop before its end; the next call goes on from there
 * @throws UserError where another process is at work on it
 */
export async function finishRun(
  planned: PlannedRun,
  questions: Questions,
  events: RunEvents = {},
): Promise<FinishedRun | null> {
  const { dir } = planned;
  await refuseOthers(dir);
  return withFolderLock(dir, 'compare', (lock) => finishLocked(planned, questions, events, lock));
}

async function finishLocked(
  planned: PlannedRun,
  questions: Questions,
  events: RunEvents,
  lock: Lock,
): Promise<FinishedRun | null> {
  const { dir, recipe } = planned;
  const { note, warn = () => {}, force } = events;
  for (const line of await settle(dir)) warn(line);
  const status = await runStatus(dir);
  if (status !== 'finished') {
    const opened = await openRun(dir, recipe, { resume: status === 'interrupted', note, warn, force });
    const runDir = { ...opened, lock };
    try {
      if (!(await fitRun(runDir, events))) return null;
    } finally {
      runDir.run.dispose();
    }
  }
  const { data, ...asked } = recipe.evaluate;
  const files = questions.files ?? (data === undefined ? undefined : [data].flat());
  const { limit = asked.limit, batchSize = asked.batchSize } = questions;
  const evaluation = await evaluateFolder(dir, { ...events, files, limit, batchSize });
  if (!evaluation) return null;
  await slimSteps(dir);
  return { ...planned, answers: evaluation.answers, metrics: await readMetrics(join(dir, 'metrics.jsonl')) };
}
