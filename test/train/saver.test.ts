/** When a run is saved while it trains, that saving changes nothing of the training, and what a full disk leaves. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import type { RecipeOverrides } from '../../src/recipe/schema.ts';
import { savedSteps } from '../../src/train/checkpoints.ts';
import { type FitEvents, fitRun, openRun } from '../../src/train/fitRun.ts';
import type { Pace } from '../../src/train/saver.ts';
import { readState, stepProblem } from '../../src/train/steps.ts';
import { temporaryFolder } from '../support/files.ts';
import { colourRecipe } from './support.ts';

const ALWAYS: Pace = { seconds: 0, share: Number.POSITIVE_INFINITY };

describe('saving while a run trains', () => {
  const folder = temporaryFolder();
  let runs = 0;
  /** The last one first. */
  const dirs: string[] = [];

  /** Trains six steps in a folder of their own. */
  async function trained(
    train: RecipeOverrides['train'],
    { pace, events = {} }: { pace?: Pace; events?: FitEvents } = {},
  ) {
    const dir = join(folder, `run-${runs++}`);
    dirs.unshift(dir);
    const runDir = await openRun(dir, colourRecipe(folder, { keepSteps: 9, ...train }), { resume: false });
    let error: Error | undefined;
    try {
      await fitRun(runDir, events, pace);
    } catch (caught) {
      error = caught as Error;
    } finally {
      runDir.run.dispose();
    }
    return { dir, steps: await savedSteps(dir), error };
  }
  const weights = (...path: string[]) => readFileSync(join(...path, 'model.safetensors'));
  const losses = (dir: string) =>
    readFileSync(join(dir, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).loss);

  it('comes by time where nothing is said, by steps where a number is, and at the end in any case', async () => {
    assert.deepEqual((await trained({}, { pace: ALWAYS })).steps, [1, 2, 3, 4, 5, 6]);
    assert.deepEqual((await trained({})).steps, [6]);
    assert.deepEqual((await trained({ saveEvery: 4 }, { pace: ALWAYS })).steps, [4, 6]);
    assert.deepEqual((await trained({ saveEvery: 0 }, { pace: ALWAYS })).steps, [6]);
  });

  it('keeps the values of its step, though training goes on meanwhile, and changes none', async () => {
    const often = await trained({}, { pace: ALWAYS });
    const seldom = await trained({ saveEvery: 0 });
    assert.deepEqual(losses(often.dir), losses(seldom.dir));
    assert.ok(weights(often.dir).equals(weights(seldom.dir)));
    let made = 0;
    const stopped = await trained({ saveEvery: 0 }, { events: { stopping: () => ++made === 3 } });
    assert.deepEqual(stopped.steps, [3]);
    for (const name of ['model.safetensors', 'optimizer.safetensors']) {
      const [one, other] = [often, stopped].map(({ dir }) =>
        readFileSync(join(dir, 'steps', '000003', name)),
      );
      assert.ok(one.equals(other), name);
    }
  });

  it('takes a small share of the time: after a slow save the next one waits', async () => {
    const { steps } = await trained({ steps: 12, keepSteps: 99 }, { pace: { seconds: 0, share: 0.05 } });
    // A save of a few milliseconds is followed by twenty times as long without one.
    assert.ok(steps.length >= 1 && steps.length < 12, String(steps));
  });

  /** Lets the disk be full for files of that name from the `after`-th on, while `work` runs. */
  async function withFullDisk<T>(name: string, after: number, work: () => Promise<T>): Promise<T> {
    const { open } = fs;
    let seen = 0;
    const full = (path: string, ...rest: unknown[]) => {
      if (String(path).includes(name) && rest[0] === 'w' && seen++ >= after) {
        return Promise.reject(Object.assign(new Error('write'), { code: 'ENOSPC', path }));
      }
      return (open as (...args: unknown[]) => unknown)(path, ...rest);
    };
    Object.assign(fs, { open: full });
    syncBuiltinESMExports();
    try {
      return await work();
    } finally {
      Object.assign(fs, { open });
      syncBuiltinESMExports();
    }
  }

  it('on a full disk ends in one line that says what is lost, and leaves the step before whole', async () => {
    const { dir, steps, error } = await withFullDisk('optimizer', 2, () => trained({ saveEvery: 2 }));
    assert.match(
      error?.message ?? '',
      /^\S+000006: expected room on the disk, got a full one; free space.*\. Ended: steps 5 to 6 are not saved, step 4 is whole$/,
    );
    assert.deepEqual(steps, [2, 4]);
    const state = await readState(dir, 4);
    assert.ok(state && (await stepProblem(dir, state)) === null);
    assert.deepEqual(readdirSync(join(dir, 'steps')), ['000002', '000004'], 'nothing half-written');
    assert.equal(losses(dir).length, 6);
  });

  it('on a disk that is full right after a step says that the step is whole', async () => {
    const { error, steps } = await withFullDisk('.model.plug', 0, () => trained({ saveEvery: 4 }));
    assert.match(error?.message ?? '', /Ended: (step 5 is|steps 5 to 6 are) not saved, step 4 is whole$/);
    assert.deepEqual(steps, [4]);
  });

  it('on a disk that is full from the start says that nothing is saved', async () => {
    const { error, steps } = await withFullDisk('optimizer', 0, () => trained({ saveEvery: 2 }));
    assert.match(error?.message ?? '', /Ended: steps 1 to 2 are not saved, no step is$/);
    assert.deepEqual(steps, []);
  });

  it('goes on in a folder whose files were removed meanwhile', async () => {
    const lines: string[] = [];
    const { dir, steps, error } = await trained(
      { saveEvery: 0 },
      {
        events: {
          onStep({ step }) {
            if (step === 4)
              for (const name of readdirSync(dirs[0])) rmSync(join(dirs[0], name), { recursive: true });
          },
          warn: (line) => lines.push(line),
        },
      },
    );
    assert.equal(error, undefined);
    assert.deepEqual(steps, [6]);
    assert.match(
      lines.join('\n'),
      /run\.json: removed meanwhile; the run is saved into the folder as it is now/,
    );
    const again = await openRun(dir, colourRecipe(folder, { keepSteps: 9 }), { resume: true });
    assert.equal(again.run.step, 6);
    again.run.dispose();
  });

  it('saves a run whose folder was removed meanwhile, and ends it in one line', async () => {
    const onStep = ({ step }: { step: number }) => {
      if (step === 3) rmSync(dirs[0], { recursive: true });
    };
    const { steps, error } = await trained({ saveEvery: 0 }, { events: { onStep } });
    assert.match(
      error?.message ?? '',
      /metrics\.jsonl: expected a folder to write in, got none: it was removed meanwhile/,
    );
    assert.deepEqual(steps, [4]);
  });

  it('ends a run whose folder another process has taken over', async () => {
    const dir = join(folder, `run-${runs++}`);
    const runDir = await openRun(dir, colourRecipe(folder), { resume: false });
    let taken = false;
    const lock = { isTaken: () => taken, release() {} };
    const onStep = ({ step }: { step: number }) => {
      taken = step === 6;
    };
    await assert.rejects(
      fitRun({ ...runDir, lock }, { onStep }, ALWAYS),
      /expected to be the only process at work on it, got another one there\. Ended: step 6 is not saved, step 5 is whole/,
    );
    runDir.run.dispose();
  });
});
