/**
 * `run.json`, the mark of a run's folder: it says that the folder is ours and which files in it are. A folder without
 * it is never written over, and a file that neither it nor a step's `state.json` names is never removed.
 */
import { randomUUID } from 'node:crypto';
import { readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { type FileRecords, isAsRecorded, sealed, unsealed } from '../fileRecords.ts';
import { makeFolder, readJson, writeJson } from '../files.ts';
import { LOCK } from '../folderLock.ts';
import { displayPath } from '../paths.ts';
import type { InputRecord } from './inputs.ts';

/** What is the same from a run's first step to its last; each saved step has it too. */
export interface RunOrigin {
  id: string;
  /** When it began, as ISO 8601. */
  begun: string;
  /** The files that it was made from, as they were then. */
  inputs: InputRecord[];
}

export interface RunMark extends RunOrigin {
  format: 1;
  /** Optimizer updates in all; more of them when the run is extended. */
  steps: number;
  finished: boolean;
  /** The model's files in the folder itself. */
  weights: FileRecords;
  /** A folder in it with files that are about to take the place of these. */
  incoming?: { folder: string; files: FileRecords };
  /** A folder in it that holds the run that this one replaces. */
  replaces?: string;
}

/** Name of the file of the mark. */
export const MARK = 'run.json';

/** Files of a run by their names: there is one of each, written again and again. */
export const LOGS = ['recipe.json', 'data.json', 'metrics.jsonl', 'answers.json', 'report.html'];

/** What systems and other programs leave in a folder that is empty for its owner. */
const NOBODYS = new Set([LOCK, '.DS_Store', 'Thumbs.db', 'desktop.ini', 'lost+found', '.gitkeep', '.keep']);

/** The mark of a folder; null where there is none, or one that is damaged. */
export async function readMark(dir: string): Promise<RunMark | null> {
  const mark = unsealed<RunMark>(await readJson(join(dir, MARK)).catch(() => null));
  return mark?.format === 1 ? mark : null;
}

export function newMark(origin: Partial<RunOrigin> & { steps: number }): RunMark {
  const { id = randomUUID(), begun = new Date().toISOString(), inputs = [], steps } = origin;
  return { format: 1, id, begun, inputs, steps, finished: false, weights: {} };
}

/** Writes the mark, whole. */
export const writeMark = (dir: string, mark: RunMark): Promise<void> =>
  writeJson(join(dir, MARK), sealed({ ...mark }));

/** Changes some of what the mark says. @returns the mark as it is then */
export async function changeMark(dir: string, change: Partial<RunMark>): Promise<RunMark> {
  const mark = await readMark(dir);
  if (!mark)
    throw new UserError(`${displayPath(join(dir, MARK))}: expected the mark of this run, found none`);
  const changed = { ...mark, ...change };
  await writeMark(dir, changed);
  return changed;
}

/** The folder of the run that `path` is or lies in; `path` where it lies in none. */
export async function runFolderOf(path: string): Promise<string> {
  for (let dir = path; dirname(dir) !== dir; dir = dirname(dir)) if (await readMark(dir)) return dir;
  return path;
}

/** @throws UserError where `dir` is no folder, or one that holds something but no mark of a run */
export async function refuseForeign(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => null);
  if (found === null) return;
  const name = displayPath(dir);
  if (!found.isDirectory()) {
    throw new UserError(`${name}: expected a folder for the run, got a file; choose another with --output`);
  }
  const names = (await readdir(dir)).filter((name) => !NOBODYS.has(name)).sort();
  if (names.length === 0 || (await readMark(dir))) return;
  const shown = names.slice(0, 4).join(', ');
  const more = names.length > 4 ? ` and ${names.length - 4} more` : '';
  const unmarked = names.includes('metrics.jsonl') && names.includes('recipe.json');
  const what = names.includes(MARK)
    ? `a damaged ${MARK}`
    : `no ${MARK}, the mark of a run${unmarked ? ' (earlier versions made none)' : ''}`;
  throw new UserError(
    `${name}: expected a new or empty folder, or that of an earlier run, got ${shown}${more} and ${what}; ` +
      'move that away, or choose another folder: --output, or --runs of compare',
  );
}

/** The mark of a folder that is ours, made where there is none yet. @throws UserError as `refuseForeign` */
export async function claimFolder(dir: string, steps: number): Promise<RunMark> {
  await refuseForeign(dir);
  const found = await readMark(dir);
  if (found) return found;
  await makeFolder(dir);
  const mark = newMark({ steps });
  await writeMark(dir, mark);
  return mark;
}

/**
 * Frees the name of a file that is about to be written, where something is there that is not as any of `records` says:
 * it keeps another name.
 * @returns that name, or null where nothing had to give way
 */
export async function giveWay(dir: string, name: string, ...records: FileRecords[]): Promise<string | null> {
  const file = join(dir, name);
  if (!(await stat(file).catch(() => null))) return null;
  for (const record of records) {
    if (record[name] && (await isAsRecorded(file, record[name]))) return null;
  }
  const kept = await freeName(dir, `${name}.kept`);
  await rename(file, join(dir, kept));
  return kept;
}

/** `name`, or `name-2` and so on where it is taken. */
export async function freeName(dir: string, name: string): Promise<string> {
  const names = new Set(await readdir(dir).catch(() => []));
  let free = name;
  for (let i = 2; names.has(free); i++) free = `${name}-${i}`;
  return free;
}
