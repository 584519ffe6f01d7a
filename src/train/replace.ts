/**
 * A run that replaces another one in its folder: the old run's own files are moved into a folder beside, and removed
 * only once the new run has a whole step. Until then any end of the new run brings them back.
 */
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type FileRecords, isAsRecorded } from '../fileRecords.ts';
import { flush, removeEmptyFolders, removeLeftovers } from '../files.ts';
import { displayPath } from '../paths.ts';
import { changeMark, freeName, LOGS, MARK, type RunMark, readMark } from './mark.ts';
import { finishPublishing } from './publish.ts';
import { damagedSteps, savedStates, stepFolder, stepsDir } from './steps.ts';

const asideName = ({ id }: RunMark) => `replaced-${id.slice(0, 8)}`;

const asideFolders = async (dir: string): Promise<string[]> =>
  (await readdir(dir).catch(() => [])).filter((name) => /^replaced-[0-9a-f]{8}/.test(name));

/** Whether `dir` holds a run that was moved aside. */
export async function holdsReplaced(dir: string): Promise<boolean> {
  for (const aside of await asideFolders(dir)) if (await readMark(join(dir, aside))) return true;
  return false;
}

/** A file of a run by its path in the run's folder, with its record where it has one. */
type OwnFiles = Map<string, FileRecords[string] | null>;

/** The files of the run in `dir`, its mark first; folders of damaged steps count as one. */
async function ownFiles(dir: string, mark: RunMark): Promise<OwnFiles> {
  const files: OwnFiles = new Map([MARK, ...LOGS].map((name) => [name, null]));
  for (const [name, record] of Object.entries(mark.weights)) files.set(name, record);
  for (const { step, files: records } of await savedStates(dir)) {
    const folder = stepFolder(dir, step).slice(dir.length + 1);
    for (const [name, record] of Object.entries(records)) files.set(join(folder, name), record);
    files.set(join(folder, 'state.json'), null);
  }
  for (const step of await damagedSteps(dir)) files.set(stepFolder(dir, step).slice(dir.length + 1), null);
  for (const file of await evaluationFiles(join(dir, 'evaluations')))
    files.set(join('evaluations', file), null);
  return files;
}

const EVALUATION = /^(?:before\.json|evaluation\.json|answers\.jsonl|scores(?:-.*)?\.json)$/;

/** What evaluations of the run wrote, in the folder itself and in one for each language. */
async function evaluationFiles(dir: string): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(dir, { withFileTypes: true }).catch(() => [])) {
    if (entry.isFile() && EVALUATION.test(entry.name)) found.push(entry.name);
    if (!entry.isDirectory() || !/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/.test(entry.name)) continue;
    const names = await readdir(join(dir, entry.name));
    found.push(...names.filter((name) => EVALUATION.test(name)).map((name) => join(entry.name, name)));
  }
  return found;
}

/** Moves `file` from one folder to another, unless something is there. @returns whether it was moved */
async function move(from: string, to: string, file: string): Promise<boolean> {
  const target = join(to, file);
  if (!existsSync(join(from, file)) || existsSync(target)) return false;
  await mkdir(dirname(target), { recursive: true });
  await rename(join(from, file), target).catch(async (error: NodeJS.ErrnoException) => {
    // A folder of the run may be a link to another disk.
    if (error.code !== 'EXDEV') throw error;
    await cp(join(from, file), target, { recursive: true, preserveTimestamps: true });
    await rm(join(from, file), { recursive: true });
  });
  return true;
}

/** Moves the run in `dir` aside. @returns the name of the folder in `dir` that holds it now */
export async function setAside(dir: string, mark: RunMark): Promise<string> {
  const aside = await freeName(dir, asideName(mark));
  const files = await ownFiles(dir, mark);
  // The mark moves first: a folder that has its mark only in there is one whose run is to come back.
  await mkdir(join(dir, aside));
  for (const file of files.keys()) await move(dir, join(dir, aside), file);
  for (const folder of new Set([...files.keys()].map((file) => dirname(join(dir, file))))) {
    if (folder !== dir) await rmdir(folder).catch(() => {});
  }
  await flush(join(dir, aside));
  await flush(dir);
  return aside;
}

/**
 * Ends what a process left half-done in a run's folder. A run that was moved aside comes back unless its successor has a
 * saved step; else it is removed. The caller holds the folder's lock.
 * @returns what happened, in lines for a person
 */
export async function settle(dir: string): Promise<string[]> {
  const lines: string[] = [];
  lines.push(...(await finishPublishing(dir)));
  await removeLeftovers(dir);
  await removeLeftovers(stepsDir(dir));
  for (const aside of await asideFolders(dir)) {
    const mark = await readMark(dir);
    await rmdir(join(dir, aside)).catch(() => {});
    if (mark?.replaces === aside && (await savedStates(dir)).length > 0) {
      lines.push(...(await removeReplaced(dir)));
    } else if ((await readMark(join(dir, aside))) && (!mark || mark.replaces === aside)) {
      lines.push(...(await restore(dir, aside, mark)));
    }
  }
  return lines;
}

/** Brings the run in folder `aside` back. @param failed the mark of the run that was to replace it */
async function restore(dir: string, aside: string, failed: RunMark | null): Promise<string[]> {
  if (failed) await discard(dir, failed);
  const from = join(dir, aside);
  const files = await readdir(from, { recursive: true, withFileTypes: true });
  const names = files
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(from.length + 1));
  // The mark comes last: a kill before that is repaired by the next start.
  const ordered = [...names.filter((name) => name !== MARK), ...names.filter((name) => name === MARK)];
  let moved = 0;
  for (const name of ordered) if (await move(from, dir, name)) moved += 1;
  await removeEmptyFolders(from);
  await flush(dir);
  if (moved === 0) return [];
  const rest = existsSync(from) ? `, except what is in ${displayPath(from)}` : '';
  return [
    `${displayPath(dir)}: the earlier run is back: its successor ended before its first checkpoint${rest}`,
  ];
}

/** Removes what a run without a saved step has written. */
export async function discard(dir: string, mark: RunMark): Promise<void> {
  for (const [file, record] of await ownFiles(dir, mark)) {
    const path = join(dir, file);
    if (file.startsWith('steps') || file.startsWith('evaluations') || file === MARK) continue;
    if (!record || (await isAsRecorded(path, record))) await rm(path, { force: true });
  }
  await rm(join(dir, 'evaluations', 'before.json'), { force: true });
  await rm(join(dir, MARK), { force: true });
}

/**
 * Removes the run that the one in `dir` replaces, if it does. Evaluations of it stay, and files that were changed since
 * it wrote them.
 * @returns lines that say where these are
 */
export async function removeReplaced(dir: string): Promise<string[]> {
  const mark = await readMark(dir);
  if (!mark?.replaces) return [];
  const from = join(dir, mark.replaces);
  const old = await readMark(from);
  if (old) {
    for (const [file, record] of await ownFiles(from, old)) {
      const path = join(from, file);
      if (file === MARK || file.startsWith('evaluations') || !existsSync(path)) continue;
      if ((await stat(path)).isDirectory()) continue;
      if (!record || (await isAsRecorded(path, record))) await rm(path);
    }
    const earlier = join(dir, 'evaluations', 'earlier', old.id.slice(0, 8));
    for (const file of await evaluationFiles(join(from, 'evaluations'))) {
      await move(join(from, 'evaluations'), earlier, file);
    }
    await rm(join(from, MARK), { force: true });
    await removeEmptyFolders(from);
  }
  await changeMark(dir, { replaces: undefined });
  return existsSync(from) ? [keptLine(dir, mark.replaces)] : [];
}

const keptLine = (dir: string, name: string) =>
  `kept ${displayPath(join(dir, name))}: files in it have changed since the run wrote them; remove it when they are not needed`;
