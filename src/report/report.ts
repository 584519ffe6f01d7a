/**
 * `report.html` beside a run: the page of it, written anew from the files in the run's folder whenever asked.
 */
import { basename, join, resolve } from 'node:path';
import { writeFileWhole } from '../files.ts';
import { page } from './page.ts';
import { readRun } from './records.ts';

/**
 * Writes the page of the run in `dir` from its metrics.jsonl, recipe.json, data.json and answers.json, as far
 * as they are there. The page needs no other file, no script and no network.
 * @returns the path of the page
 */
export async function writeReport(dir: string): Promise<string> {
  const file = join(dir, 'report.html');
  await writeFileWhole(file, page(await readRun(dir), basename(resolve(dir))));
  return file;
}
