/**
 * One run of a comparison: trained unless it stands, evaluated unless that stands too. What only resuming needs is
 * removed once both are there.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScoredAnswer } from '../evaluate/evaluate.ts';
import { evaluateFolder } from '../evaluate/folder.ts';
import { readMetrics, type StepRecord } from '../report/records.ts';
import { runStatus } from '../train/checkpoints.ts';
import { type DriveEvents, drive, openRun } from '../train/drive.ts';
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

export interface RunEvents extends Pick<DriveEvents, 'onStep' | 'stopping'> {
  note?(text: string): void;
  onBegin?(total: number, done: number): void;
  onAnswer?(done: number, total: number): void;
}

/** @returns null where it was asked to stop before its end; the next call goes on from there */
export async function finishRun(
  planned: PlannedRun,
  questions: Questions,
  events: RunEvents = {},
): Promise<FinishedRun | null> {
  const { dir, recipe } = planned;
  const status = await runStatus(dir);
  if (status !== 'finished') {
    const kept = await openRun(dir, recipe, { resume: status === 'interrupted', note: events.note });
    try {
      if (!(await drive(kept, events))) return null;
    } finally {
      kept.run.dispose();
    }
  }
  const { data, ...asked } = recipe.evaluate;
  const files = questions.files ?? (data === undefined ? undefined : [data].flat());
  const { limit = asked.limit, batchSize = asked.batchSize } = questions;
  const evaluation = await evaluateFolder(dir, { ...events, files, limit, batchSize });
  if (!evaluation) return null;
  await slim(dir);
  return { ...planned, answers: evaluation.answers, metrics: await readMetrics(join(dir, 'metrics.jsonl')) };
}

/** Of the steps that were saved only what says that the run is finished stays. */
async function slim(dir: string): Promise<void> {
  const steps = join(dir, 'steps');
  for (const step of await readdir(steps)) {
    for (const name of await readdir(join(steps, step))) {
      if (name !== 'state.json') await rm(join(steps, step, name), { recursive: true });
    }
  }
}
