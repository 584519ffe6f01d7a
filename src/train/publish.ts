/**
 * The model of a run's folder itself: its files are written into a temporary folder, then moved into their places one
 * by one. The mark names them before the first moves, so that a run that is killed meanwhile can finish that later.
 */
import { constants } from 'node:fs';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { saveModel } from '../checkpoint/model.ts';
import { type FileRecords, problemsIn, recordFolder, removeRecorded } from '../fileRecords.ts';
import { flush, flushFolder, flushLater, temporaryFolder, writeErrorAs } from '../files.ts';
import { displayPath } from '../paths.ts';
import { changeMark, claimFolder, giveWay, readMark } from './mark.ts';
import type { Run } from './run.ts';
import { stepFolder } from './steps.ts';

/** Files of a step folder that are no part of its model. */
const NOT_THE_MODEL = new Set(['state.json', 'optimizer.safetensors', 'recipe.json']);

/** Makes the weights of the run, as they are now, those of `dir` itself. @throws UserError where `dir` is not ours */
export async function saveBest(dir: string, run: Run): Promise<void> {
  await publish(dir, await stageModel(dir, run));
}

/** Writes the run's weights as they are now, to be published. @returns the folder that holds them meanwhile */
export async function stageModel(dir: string, run: Run): Promise<string> {
  await claimFolder(dir, run.steps);
  return stage(dir, (temporary) => saveModel(temporary, run.model, run.tokenizer));
}

/** Makes the weights of a saved step those of `dir` itself. @returns as `finishPublishing` */
export async function publishStep(dir: string, step: number, files: FileRecords): Promise<string[]> {
  const names = Object.keys(files).filter((name) => !NOT_THE_MODEL.has(name));
  const temporary = await stage(dir, async (temporary) => {
    for (const name of names) {
      // Where the file system can, both share their blocks until one of them is written.
      await copyFile(join(stepFolder(dir, step), name), join(temporary, name), constants.COPYFILE_FICLONE);
    }
  });
  return publish(dir, temporary);
}

async function stage(dir: string, fill: (temporary: string) => Promise<void>): Promise<string> {
  const temporary = await temporaryFolder(join(dir, 'model'));
  try {
    await flushLater(() => fill(temporary));
    return temporary;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw writeErrorAs(error, temporary, dir);
  }
}

/** Flushes a staged model and makes it that of `dir` itself. @returns as `finishPublishing` */
export async function publish(dir: string, temporary: string): Promise<string[]> {
  try {
    await flushFolder(temporary);
    const files = await recordFolder(temporary);
    await changeMark(dir, { incoming: { folder: basename(temporary), files } });
    return await finishPublishing(dir);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw writeErrorAs(error, temporary, dir);
  }
}

/**
 * Moves into their places the files that the mark says are coming, and removes those that they replace.
 * @returns lines that say which files were in their way and are kept under other names
 */
export async function finishPublishing(dir: string): Promise<string[]> {
  const mark = await readMark(dir);
  if (!mark?.incoming) return [];
  const { folder, files } = mark.incoming;
  const lines: string[] = [];
  for (const name of Object.keys(files)) {
    const file = join(dir, folder, name);
    if (!(await stat(file).catch(() => null))) continue;
    const gaveWay = await giveWay(dir, name, mark.weights, files);
    if (gaveWay) lines.push(`${displayPath(join(dir, name))}: not as this run wrote it, kept as ${gaveWay}`);
    await rename(file, join(dir, name));
  }
  const stale = Object.entries(mark.weights).filter(([name]) => !(name in files));
  await removeRecorded(dir, Object.fromEntries(stale));
  await flush(dir);
  await changeMark(dir, { weights: files, incoming: undefined });
  await rm(join(dir, folder), { recursive: true, force: true });
  return lines;
}

/** What is damaged or changed among the model's files of `dir` itself; empty where nothing is. */
export async function weightsProblems(dir: string): Promise<string[]> {
  const problems: string[] = [];
  const weights = (await readMark(dir))?.weights ?? {};
  for await (const problem of problemsIn(dir, weights)) problems.push(problem);
  return problems;
}
