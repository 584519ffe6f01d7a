/**
 * A run on disk. `DIR` is itself a model directory (the best weights so far) and holds `recipe.json`, `data.json`,
 * `metrics.jsonl` and `steps/NNNNNN/`, each a model directory too, with optimizer and place in the data beside it.
 */
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { removeAdapter } from '../checkpoint/adapter.ts';
import { readVariables, saveModel, saveVariables } from '../checkpoint/model.ts';
import { removeWeights } from '../checkpoint/weights.ts';
import type { Precision } from '../compile/index.ts';
import { UserError } from '../errors.ts';
import { readJson, removeLeftovers, writeFileWhole, writeFolderWhole, writeJson } from '../files.ts';
import type { Recipe } from '../recipe/schema.ts';
import { withAdapterOf } from './adapter.ts';
import { momentVariables } from './optimizer.ts';
import { type PrepareOptions, prepareRun, type Run, rowsPerStep } from './run.ts';

/** The best validation so far. */
export interface Best {
  step: number;
  loss: number;
}

/** What `state.json` of a step folder holds: all of a run that is neither weights nor moments. */
interface State {
  step: number;
  steps: number;
  /** Seed of the order of the data; with `step` it is the random state, since the order is a function of both. */
  seed: number;
  /** Rows taken so far: the place in the data. */
  place: number;
  fingerprint: string;
  precision: Precision;
  best: Best | null;
}

const stepsDir = (dir: string) => join(dir, 'steps');
const stepName = (step: number) => String(step).padStart(6, '0');

/** Numbers of the whole step folders in `dir`, ascending. */
export async function savedSteps(dir: string): Promise<number[]> {
  const names = await readdir(stepsDir(dir)).catch(() => []);
  return names
    .filter((name) => /^\d{6,}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** `new`: nothing to go on from. `interrupted`: saved, not at its last step. `finished`: nothing left to do. */
export async function runStatus(dir: string): Promise<'new' | 'interrupted' | 'finished'> {
  const last = (await savedSteps(dir)).at(-1);
  if (last === undefined) return 'new';
  const state = await readState(dir, last);
  return state.step >= state.steps ? 'finished' : 'interrupted';
}

/** Begins a run's folder: whatever an earlier run left of its own is removed. */
export async function beginRun(dir: string, run: Run): Promise<void> {
  for (const name of ['steps', 'metrics.jsonl', 'answers.json', 'report.html']) {
    await rm(join(dir, name), { recursive: true, force: true });
  }
  await removeWeights(dir);
  await removeAdapter(dir);
  await removeLeftovers(dir);
  await writeJson(join(dir, 'recipe.json'), run.recipe);
  await writeJson(join(dir, 'data.json'), run.account);
}

/** Makes the weights of the run those of `dir` itself. */
export async function saveBest(dir: string, run: Run): Promise<void> {
  await saveModel(dir, run.model, run.tokenizer);
}

/** Saves all that resuming needs, then removes the step folders that are no longer wanted. */
export async function saveStep(dir: string, run: Run, best: Best | null): Promise<string> {
  const { recipe, step, steps, fingerprint, precision, optimizer } = run;
  const folder = join(stepsDir(dir), stepName(step));
  const place = step * rowsPerStep(recipe);
  const state: State = { step, steps, seed: recipe.train.seed, place, fingerprint, precision, best };
  await writeFolderWhole(folder, async (temporary) => {
    await saveModel(temporary, run.model, run.tokenizer);
    await saveVariables(join(temporary, 'optimizer.safetensors'), momentVariables(optimizer));
    await writeJson(join(temporary, 'recipe.json'), recipe);
    await writeJson(join(temporary, 'state.json'), state);
  });
  const all = await savedSteps(dir);
  const keep = new Set(all.slice(-recipe.train.keepSteps));
  if (best) keep.add(best.step);
  for (const saved of all) {
    if (!keep.has(saved)) await rm(join(stepsDir(dir), stepName(saved)), { recursive: true, force: true });
  }
  return folder;
}

/**
 * The run in `dir` as it was when last saved.
 * @throws UserError when the recipe or the data are not those of the saved run
 */
export async function resumeRun(
  dir: string,
  recipe: Recipe,
  options: Pick<PrepareOptions, 'note' | 'mode'> = {},
): Promise<{ run: Run; best: Best | null }> {
  await removeLeftovers(dir);
  await removeLeftovers(stepsDir(dir));
  const last = (await savedSteps(dir)).at(-1);
  if (last === undefined)
    throw new UserError(`${dir}: expected a saved run to resume, found none; run without --resume`);
  const folder = join(stepsDir(dir), stepName(last));
  const state = await readState(dir, last);
  const saved = (await readJson(join(dir, 'recipe.json'))) ?? {};
  // A run that goes on with an adapter has its settings in recipe.json, whether the recipe named them or not.
  const named = recipe.lora === undefined && saved.lora !== undefined;
  refuseOtherRecipe(dir, saved, named ? await withAdapterOf(recipe, folder) : recipe);
  const run = await prepareRun(recipe, { ...options, from: folder, precision: state.precision });
  if (run.fingerprint !== state.fingerprint) {
    throw new UserError(
      `${dir}: expected the data that the run began with, got other data in ${recipe.data.train}; ` +
        'restore the file, or begin anew with --overwrite',
    );
  }
  await readVariables(join(folder, 'optimizer.safetensors'), momentVariables(run.optimizer));
  run.optimizer.step = state.step;
  run.step = state.step;
  await dropMetricsAfter(dir, state.step);
  return { run, best: state.best };
}

async function readState(dir: string, step: number): Promise<State> {
  const file = join(stepsDir(dir), stepName(step), 'state.json');
  const state = (await readJson(file)) as State | null;
  if (!state) throw new UserError(`${file}: expected the state of a run, found no such file`);
  return state;
}

/** Only what cannot change the numbers may differ. */
function refuseOtherRecipe(dir: string, saved: Record<string, unknown>, recipe: Recipe): void {
  const free = new Set([
    'description',
    'generate',
    'evaluate',
    'train.saveEvery',
    'train.keepSteps',
    'train.validateEvery',
  ]);
  const before = flatten(saved);
  const now = flatten(JSON.parse(JSON.stringify(recipe)));
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    if (free.has(key) || free.has(key.split('.')[0]) || before[key] === now[key]) continue;
    throw new UserError(
      `${dir}: ${key}: expected ${before[key]}, as the run began with, got ${now[key]}; ` +
        'resume with the same settings, or begin anew with --overwrite',
    );
  }
}

function flatten(value: unknown, prefix = ''): Record<string, string> {
  if (typeof value !== 'object' || value === null) return { [prefix]: JSON.stringify(value) };
  const entries = Object.entries(value).map(([key, inner]) =>
    flatten(inner, prefix ? `${prefix}.${key}` : key),
  );
  return Object.assign({}, ...entries);
}

/** Steps made after the last save are made again: their lines go, and a line cut off by a kill. */
async function dropMetricsAfter(dir: string, step: number): Promise<void> {
  const file = join(dir, 'metrics.jsonl');
  const text = await readFile(file, 'utf8').catch(() => '');
  const kept = text.split('\n').filter((line) => {
    try {
      return JSON.parse(line).step <= step;
    } catch {
      return false;
    }
  });
  await writeFileWhole(file, kept.map((line) => `${line}\n`).join(''));
}
