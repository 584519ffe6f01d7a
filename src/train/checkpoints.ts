/**
 * A run on disk. `DIR` is itself a model directory (the best weights so far) and holds `run.json`, `recipe.json`,
 * `data.json`, `metrics.jsonl` and `steps/NNNNNN/`, each a model directory too, with optimizer and place in the data
 * beside it.
 */
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isAdapter } from '../checkpoint/adapterConfig.ts';
import { readVariables } from '../checkpoint/model.ts';
import { UserError } from '../errors.ts';
import { readJson, writeFileWhole, writeJson } from '../files.ts';
import { displayPath } from '../paths.ts';
import type { Recipe } from '../recipe/schema.ts';
import { type Difference, differencesOf, differencesText, isLength } from './difference.ts';
import { changedInputs, recordInputs } from './inputs.ts';
import {
  changeMark,
  claimFolder,
  newMark,
  type RunMark,
  readMark,
  refuseForeign,
  writeMark,
} from './mark.ts';
import { momentVariables } from './optimizer.ts';
import { publishStep, weightsProblems } from './publish.ts';
import { discard, holdsReplaced, removeReplaced, setAside, settle } from './replace.ts';
import { type PrepareOptions, prepareRun, type Run } from './run.ts';
import {
  type Best,
  commitStep,
  damagedSteps,
  lastState,
  putAside,
  readState,
  rotateSteps,
  type StagedStep,
  type State,
  savedStates,
  stageStep,
  stepFolder,
  stepProblem,
} from './steps.ts';

export { saveBest } from './publish.ts';
export { type Best, savedSteps } from './steps.ts';

/** `new`: nothing to go on from. `interrupted`: saved, not at its last step. `finished`: nothing left to do. */
export async function runStatus(dir: string): Promise<'new' | 'interrupted' | 'finished'> {
  const mark = await markOf(dir);
  if (!mark) return 'new';
  const state = await lastState(dir);
  if (state) return state.step >= mark.steps ? 'finished' : 'interrupted';
  if (mark.finished) return 'finished';
  const holdsSomething = Object.keys(mark.weights).length > 0 || (await damagedSteps(dir)).length > 0;
  return holdsSomething ? 'interrupted' : 'new';
}

/** The mark of the run in `dir`; where it is missing or damaged, made of what the last saved step holds of it. */
export async function markOf(dir: string): Promise<RunMark | null> {
  const mark = await readMark(dir);
  if (mark) return mark;
  const state = await lastState(dir);
  return state && newMark({ ...state.run, steps: state.steps });
}

/** @throws UserError where `dir` holds something but no run, nor one that was moved aside within it */
export async function refuseOthers(dir: string): Promise<void> {
  if ((await markOf(dir)) || (await holdsReplaced(dir))) return;
  await refuseForeign(dir);
}

/** What a finished run was made of, against what is asked for now. */
export async function finishedRun(
  dir: string,
  recipe: Recipe,
): Promise<{ steps: number; differences: Difference[]; changes: string[] }> {
  const mark = await markOf(dir);
  const last = await lastState(dir);
  const places = [dir, ...(last ? [stepFolder(dir, last.step)] : [])];
  const saved = await Promise.all(
    places.map((place) => readJson(join(place, 'recipe.json')).catch(() => null)),
  );
  const before = saved.find((one) => one !== null);
  const differences = before ? differencesOf(before, recipe) : [];
  const inputs = mark?.inputs.filter(({ key }) => !differences.some((one) => one.key === key)) ?? [];
  return { steps: mark?.steps ?? 0, differences, changes: await changedInputs(inputs, recipe) };
}

/** Whether the last saved step has what training goes on from: in finished runs of comparisons it is removed. */
export async function canResume(dir: string): Promise<boolean> {
  const last = await lastState(dir);
  return last !== null && existsSync(join(stepFolder(dir, last.step), 'optimizer.safetensors'));
}

/**
 * Begins a run's folder. An earlier run in it is moved aside, and removed when this one's first step is saved.
 * @throws UserError where the folder holds something but no run
 */
export async function beginRun(dir: string, run: Run): Promise<void> {
  const mark = await markOf(dir);
  if (!mark) await refuseOthers(dir);
  const saved = mark && (await runStatus(dir)) !== 'new';
  if (mark && !saved) await discard(dir, mark);
  const replaces = saved ? await setAside(dir, mark) : undefined;
  const inputs = await recordInputs(run.recipe);
  await writeMark(dir, { ...newMark({ inputs, steps: run.steps }), ...(replaces && { replaces }) });
  await writeJson(join(dir, 'recipe.json'), run.recipe);
  await writeJson(join(dir, 'data.json'), run.dataStats);
}

/** Saves all that resuming needs, then removes the step folders that are no longer wanted. @returns the step's folder */
export async function saveStep(dir: string, run: Run, best: Best | null): Promise<string> {
  const staged = await beginSave(dir, run, best);
  const folder = await commitStep(dir, staged);
  await endSave(dir, run, staged);
  return folder;
}

/** The part of a save that reads the run's values. Once it is done, training may go on; `commitStep` is next. */
export async function beginSave(dir: string, run: Run, best: Best | null): Promise<StagedStep> {
  const mark = await readMark(dir);
  const remade = mark ? null : await markOf(dir);
  if (remade) await writeMark(dir, remade);
  return stageStep(dir, run, { best, origin: mark ?? remade ?? (await claimFolder(dir, run.steps)) });
}

/**
 * What follows on a step that is whole: without a best validation the folder's own weights become those of the step, and
 * what the step replaces is removed.
 * @returns lines for a person
 */
export async function endSave(
  dir: string,
  { recipe }: Pick<Run, 'recipe'>,
  { state: { step, steps, best } }: StagedStep,
): Promise<string[]> {
  const state = await readState(dir, step);
  const lines = !best && state ? await publishStep(dir, step, state.files) : [];
  await changeMark(dir, { steps, finished: step >= steps });
  lines.push(...(await removeReplaced(dir)));
  await rotateSteps(dir, recipe.train.keepSteps, best);
  return lines;
}

/**
 * The run in `dir` as it was when last saved. More steps than it began with, in `train.steps` or `train.epochs`, make it
 * go on longer: the order of the data continues, and the learning rate of each further step is that of a run of so many.
 * @throws UserError when the recipe or the data are not those of the saved run, or nothing whole is saved
 */
export async function resumeRun(
  dir: string,
  recipe: Recipe,
  options: PrepareOptions = {},
): Promise<{ run: Run; best: Best | null }> {
  const { warn = () => {}, ...preparing } = options;
  for (const line of await settle(dir)) warn(line);
  const mark = await markOf(dir);
  const state = mark && (await lastWholeStep(dir, warn));
  if (!state) {
    const fix = mark ? 'begin again with --overwrite, or in another folder' : 'run without --resume';
    throw new UserError(`${displayPath(dir)}: expected a saved step to go on from, got none; ${fix}`);
  }
  const folder = stepFolder(dir, state.step);
  const saved = (await readJson(join(folder, 'recipe.json'))) ?? {};
  const differences = differencesOf(saved, recipe).filter((one) => !isLength(one));
  if (differences.length > 0) {
    throw new UserError(
      `${displayPath(dir)}: ${differencesText(differences)}; ` +
        'resume with the same settings, or begin again with --overwrite',
    );
  }
  if (isAdapter(folder)) await refuseOtherBase(dir, mark, recipe);
  const run = await prepareRun(recipe, { ...preparing, from: folder, precision: state.precision });
  try {
    if (run.fingerprint !== state.fingerprint) {
      throw new UserError(
        `${displayPath(dir)}: expected the data that the run began with, got other data in ${recipe.data.train}; ` +
          'restore the file, or begin again with --overwrite',
      );
    }
    if (run.steps < state.step) {
      throw new UserError(
        `${displayPath(dir)}: train.steps: expected at least ${state.step}, which are made, got ${run.steps}; ` +
          'ask for more, or begin again with --overwrite',
      );
    }
    await readVariables(join(folder, 'optimizer.safetensors'), momentVariables(run.optimizer));
    run.optimizer.step = state.step;
    run.step = state.step;
    await writeMark(dir, { ...mark, steps: run.steps, finished: run.step >= run.steps });
    await mendWeights(dir, state, warn);
    await writeJson(join(dir, 'recipe.json'), run.recipe);
    await dropMetricsAfter(dir, state.step);
  } catch (error) {
    run.dispose();
    throw error;
  }
  return { run, best: state.best };
}

/** Adapters go on only beside the very weights that they were trained for. */
async function refuseOtherBase(dir: string, { inputs }: RunMark, recipe: Recipe): Promise<void> {
  const base = inputs.filter(({ key }) => key === 'model.from');
  const changes = await changedInputs(base, recipe);
  if (changes.length === 0) return;
  throw new UserError(
    `${displayPath(dir)}: expected the base model that the adapters began with, got another: ${changes.join('; ')}; ` +
      'restore its files, or begin again with --overwrite',
  );
}

/** The last step whose files are all as they were written; damaged ones get another name. Null where none is saved. */
async function lastWholeStep(dir: string, warn: (line: string) => void): Promise<State | null> {
  const problems = new Map<number, string>();
  for (const step of await damagedSteps(dir)) problems.set(step, 'state.json: it is missing or damaged');
  let whole: State | null = null;
  for (const state of (await savedStates(dir)).reverse()) {
    const problem = await stepProblem(dir, state);
    if (problem) problems.set(state.step, problem);
    else {
      whole = state;
      break;
    }
  }
  const newer = [...problems].filter(([step]) => !whole || step > whole.step).sort(([a], [b]) => b - a);
  if (newer.length === 0) return whole;
  const texts = newer
    .map(([step, problem]) => `${displayPath(stepFolder(dir, step))}: ${problem}`)
    .join('; ');
  if (!whole) {
    throw new UserError(
      `${texts}; expected a whole step to go on from, got none; ` +
        'bring the files back from a copy, or begin again with --overwrite',
    );
  }
  const names = [];
  for (const [step] of newer) names.push(await putAside(dir, step));
  warn(`${texts}; damaged, kept as ${names.join(', ')}. Going on from step ${whole.step}`);
  return whole;
}

/** Brings the folder's own weights back where they are damaged or missing, as far as a saved step has them. */
async function mendWeights(dir: string, last: State, warn: (line: string) => void): Promise<void> {
  const mark = await readMark(dir);
  const problems = await weightsProblems(dir);
  if (mark && Object.keys(mark.weights).length > 0 && problems.length === 0) return;
  const best = last.best && last.best.step !== last.step ? await readState(dir, last.best.step) : last;
  const source = best && (best === last || !(await stepProblem(dir, best))) ? best : last;
  if (problems.length > 0) {
    const from = source.step === last.best?.step ? 'the best saved step' : `step ${source.step}`;
    warn(`${displayPath(dir)}: ${problems.join('; ')}; the weights of ${from} take their place`);
  }
  for (const line of await publishStep(dir, source.step, source.files)) warn(line);
}

/** Steps made after the last save are made again: their lines go, and a line cut off by a kill. */
async function dropMetricsAfter(dir: string, step: number): Promise<void> {
  const file = join(dir, 'metrics.jsonl');
  if (!(await stat(file).catch(() => null))) return;
  const text = await readFile(file, 'utf8');
  const kept = text.split('\n').filter((line) => {
    try {
      return JSON.parse(line).step <= step;
    } catch {
      return false;
    }
  });
  await writeFileWhole(file, kept.map((line) => `${line}\n`).join(''));
}
