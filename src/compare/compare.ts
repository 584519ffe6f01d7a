/**
 * A comparison from its plan to its report: run after run, the report written anew from time to time, so that one that
 * is killed shows what stands. Called again it goes on; runs that stand are not made again.
 */
import { join } from 'node:path';
import { writeFileWhole, writeJson } from '../files.ts';
import { comparisonPage } from './page.ts';
import { type Comparison, type PlannedRun, planRuns } from './plan.ts';
import type { Report } from './report.ts';
import { type FinishedRun, finishRun, type Questions, type RunEvents } from './run.ts';
import { reportOf } from './summarize.ts';

export interface CompareOptions extends Questions {
  /** Title of the report. */
  name: string;
  /** The command that makes it again. */
  command: string;
  /** Folder of `report.json` and `report.html`. */
  output: string;
}

export interface CompareEvents extends RunEvents {
  /** Before run `index` of `total`. */
  onRun?(run: PlannedRun, index: number, total: number): void;
}

/** @returns the report; fewer runs than planned are in it where it was asked to stop */
export async function compare(
  comparison: Comparison,
  { name, command, output, ...questions }: CompareOptions,
  events: CompareEvents = {},
): Promise<Report> {
  const planned = await planRuns(comparison);
  const { seeds, sweep } = comparison;
  const finished: FinishedRun[] = [];
  let written = Date.now();
  const about = {
    ...{ name, command, seeds, total: planned.length },
    ...(sweep && { sweep: { key: sweep.key, points: sweep.points.map(({ text }) => text) } }),
  };
  const report = () => reportOf(finished, about);
  for (const [index, run] of planned.entries()) {
    events.onRun?.(run, index, planned.length);
    const done = await finishRun(run, questions, events);
    if (!done) break;
    finished.push(done);
    // Summing up takes a second where there are many runs, and reading one that stands takes less.
    if (Date.now() - written < REPORT_EVERY_MS) continue;
    await writeReport(output, report());
    written = Date.now();
  }
  const whole = report();
  if (finished.length > 0) await writeReport(output, whole);
  return whole;
}

const REPORT_EVERY_MS = 30_000;

async function writeReport(dir: string, report: Report): Promise<void> {
  await writeJson(join(dir, 'report.json'), report);
  await writeFileWhole(join(dir, 'report.html'), comparisonPage(report));
}
