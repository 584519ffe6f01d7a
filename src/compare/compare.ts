/**
 * A comparison from its plan to its report: run after run, the report written from time to time, so that a comparison
 * that is killed shows what is done. Called again it goes on; runs that are done are not made again.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { readJson, writeFileWhole, writeJson } from '../files.ts';
import { withFolderLock } from '../folderLock.ts';
import { displayPath } from '../paths.ts';
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

/**
 * @returns the report; fewer runs than planned are in it where it was asked to stop
 * @throws UserError where the report's folder holds a page that is not ours, or another process is at work on it or a run
 */
export async function compare(
  comparison: Comparison,
  options: CompareOptions,
  events: CompareEvents = {},
): Promise<Report> {
  await refuseOtherPage(options.output);
  return withFolderLock(options.output, 'compare', () => compareLocked(comparison, options, events));
}

async function compareLocked(
  comparison: Comparison,
  { name, command, output, ...questions }: CompareOptions,
  events: CompareEvents,
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

/** A report replaces only one that it made. */
async function refuseOtherPage(output: string): Promise<void> {
  const before = await readJson(join(output, 'report.json')).catch(() => null);
  const ours = Array.isArray(before?.rows) && typeof before?.command === 'string';
  const found = ['report.json', 'report.html'].find((name) => existsSync(join(output, name)));
  if (!found || ours) return;
  throw new UserError(
    `${displayPath(join(output, found))}: expected a report of a comparison or none, got another file; ` +
      'choose another folder with --output',
  );
}

const REPORT_EVERY_MS = 30_000;

async function writeReport(dir: string, report: Report): Promise<void> {
  await writeJson(join(dir, 'report.json'), report);
  await writeFileWhole(join(dir, 'report.html'), comparisonPage(report));
}
