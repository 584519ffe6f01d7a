/**
 * The saved steps of a run: `steps/NNNNNN/`, each a model directory with optimizer and place in the data beside it.
 * `state.json` comes last and holds a record of every other file: a folder without it is no saved step.
 */
import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { saveModel, saveVariables } from '../checkpoint/model.ts';
import type { Precision } from '../compile/index.ts';
import {
  type FileRecords,
  problemIn,
  recordFolder,
  removeRecorded,
  sealed,
  unsealed,
} from '../fileRecords.ts';
import {
  flush,
  flushFolder,
  flushLater,
  readJson,
  temporaryFolder,
  writeErrorAs,
  writeJson,
} from '../files.ts';
import { freeName, giveWay, type RunOrigin } from './mark.ts';
import { momentVariables } from './optimizer.ts';
import { type Run, rowsPerStep } from './run.ts';

/** The best validation so far. */
export interface Best {
  step: number;
  loss: number;
}

/** What `state.json` of a step folder holds: all of a run that is neither weights nor moments. */
export interface State {
  step: number;
  steps: number;
  /** Seed of the order of the data; with `step` it is the random state, since the order is a function of both. */
  seed: number;
  /** Rows taken so far: the place in the data. */
  place: number;
  fingerprint: string;
  precision: Precision;
  best: Best | null;
  run: RunOrigin;
  /** Of all other files in the folder. */
  files: FileRecords;
}

const STATE = 'state.json';

export const stepsDir = (dir: string) => join(dir, 'steps');
const stepName = (step: number) => String(step).padStart(6, '0');
export const stepFolder = (dir: string, step: number) => join(stepsDir(dir), stepName(step));

async function stepFolders(dir: string): Promise<number[]> {
  const names = await readdir(stepsDir(dir)).catch(() => []);
  return names
    .filter((name) => /^\d{6,}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The state of a step; null where there is none, or one that is damaged. */
export async function readState(dir: string, step: number): Promise<State | null> {
  return unsealed<State>(await readJson(join(stepFolder(dir, step), STATE)).catch(() => null));
}

/** States of the steps saved in `dir`, ascending. */
export async function savedStates(dir: string): Promise<State[]> {
  const states = await Promise.all((await stepFolders(dir)).map((step) => readState(dir, step)));
  return states.filter((state) => state !== null);
}

/** The state of the last step that is saved in `dir`; null where none is. */
export const lastState = async (dir: string): Promise<State | null> =>
  (await savedStates(dir)).at(-1) ?? null;

/** Numbers of the steps saved in `dir`, ascending. */
export const savedSteps = async (dir: string): Promise<number[]> =>
  (await savedStates(dir)).map(({ step }) => step);

/** Step folders that hold a step's files but no state that can be read. */
export async function damagedSteps(dir: string): Promise<number[]> {
  const damaged: number[] = [];
  for (const step of await stepFolders(dir)) {
    const names: string[] = await readdir(stepFolder(dir, step)).catch(() => []);
    const ours = names.includes(STATE) || names.includes('optimizer.safetensors');
    if (ours && !(await readState(dir, step))) damaged.push(step);
  }
  return damaged;
}

/** What is damaged in a saved step; null where every file is as it was written. */
export const stepProblem = (dir: string, { step, files }: State): Promise<string | null> =>
  problemIn(stepFolder(dir, step), files);

/** Gives a damaged step another name, under which nothing takes it for a step. @returns that name */
export async function putAside(dir: string, step: number): Promise<string> {
  const name = await freeName(stepsDir(dir), `damaged-${stepName(step)}`);
  await rename(stepFolder(dir, step), join(stepsDir(dir), name));
  return name;
}

/** A step whose values are written, but neither flushed to disk nor in its place. */
export interface StagedStep {
  temporary: string;
  state: Omit<State, 'files'>;
}

/** Writes all values of a run as they are now. Training waits for this part of a save alone. */
export async function stageStep(
  dir: string,
  run: Run,
  { best, origin }: { best: Best | null; origin: RunOrigin },
): Promise<StagedStep> {
  const { recipe, step, steps, fingerprint, precision, optimizer } = run;
  const folder = stepFolder(dir, step);
  const temporary = await temporaryFolder(folder);
  const { id, begun, inputs } = origin;
  try {
    await flushLater(async () => {
      await writeJson(join(temporary, 'recipe.json'), recipe);
      await saveModel(temporary, run.model, run.tokenizer);
      await saveVariables(join(temporary, 'optimizer.safetensors'), momentVariables(optimizer));
    });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw writeErrorAs(error, temporary, folder);
  }
  const place = step * rowsPerStep(recipe);
  const state = { step, steps, seed: recipe.train.seed, place, fingerprint, precision, best };
  return { temporary, state: { ...state, run: { id, begun, inputs } } };
}

/** Flushes a staged step, records its files and puts it in its place. @returns its folder */
export async function commitStep(dir: string, { temporary, state }: StagedStep): Promise<string> {
  const folder = stepFolder(dir, state.step);
  try {
    await flushFolder(temporary);
    const files = await recordFolder(temporary);
    await writeJson(join(temporary, STATE), sealed({ ...state, files }));
    await place(dir, temporary, { ...state, files });
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw writeErrorAs(error, temporary, folder);
  }
  return folder;
}

async function place(dir: string, temporary: string, { step, files }: State): Promise<void> {
  const folder = stepFolder(dir, step);
  const old = await readState(dir, step);
  if (old) await removeStep(dir, old);
  if ((await stat(folder).catch(() => null))?.isDirectory()) {
    // Files of the user's are in it: ours move in beside them, the state last.
    for (const name of [...Object.keys(files), STATE]) {
      await giveWay(folder, name);
      await rename(join(temporary, name), join(folder, name));
    }
    await rmdir(temporary);
    await flush(folder);
  } else {
    await giveWay(stepsDir(dir), basename(folder));
    await rename(temporary, folder);
  }
  await flush(stepsDir(dir));
}

/** Removes a saved step, but nothing that was added to its folder or changed in it. */
export async function removeStep(dir: string, { step, files }: State): Promise<void> {
  const folder = stepFolder(dir, step);
  await removeRecorded(folder, files);
  await rm(join(folder, STATE), { force: true });
  await rmdir(folder).catch(() => {});
}

/** Removes what only resuming needs of a finished run's steps. */
export async function slimSteps(dir: string): Promise<void> {
  for (const { step, files } of await savedStates(dir)) await removeRecorded(stepFolder(dir, step), files);
}

/** Removes saved steps except the last ones and the best. */
export async function rotateSteps(dir: string, keepSteps: number, best: Best | null): Promise<void> {
  const states = await savedStates(dir);
  const kept = states.slice(-keepSteps);
  for (const state of states) {
    if (!kept.includes(state) && state.step !== best?.step) await removeStep(dir, state);
  }
}
