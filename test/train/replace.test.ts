/** A run that replaces another: whenever it ends before its first step is saved, the folder is as it was before. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beginRun, runStatus, savedSteps, saveStep } from '../../src/train/checkpoints.ts';
import { settle } from '../../src/train/replace.ts';
import { prepareRun, type Run } from '../../src/train/run.ts';
import { temporaryFolder } from '../support/files.ts';
import { colourRecipe, contents, copyFolder, failing } from './support.ts';

describe('a run that replaces another', () => {
  const folder = temporaryFolder();
  const recipe = colourRecipe(folder, { keepSteps: 3 });
  const old = join(folder, 'old');
  /** Files of the user's in the old run's folder. */
  const MINE = {
    'notes.txt': 'mine',
    'steps/000002/extra.bin': 'mine too',
    'evaluations/plan.md': 'also mine',
  };
  const EVALUATION = { 'evaluations/answers.jsonl': '{"id":"1"}\n', 'evaluations/evaluation.json': '{}' };
  let run: Run;
  let copies = 0;
  const copy = () => copyFolder(old, join(folder, `copy-${copies++}`));
  const idOf = (dir: string) => JSON.parse(readFileSync(join(dir, 'run.json'), 'utf8')).id;
  const mineIn = (dir: string) =>
    Object.fromEntries(Object.keys(MINE).map((name) => [name, readFileSync(join(dir, name), 'utf8')]));
  const aside = (dir: string) => readdirSync(dir).filter((name) => name.startsWith('replaced-'));
  /** Every call for a while, then every third. */
  const calls = (all: number) => Array.from({ length: all }, (_, i) => i).filter((i) => i < 6 || i % 3 === 0);

  before(async () => {
    run = await prepareRun(recipe);
    await beginRun(old, run);
    for (const step of [2, 4]) {
      run.step = step;
      await saveStep(old, run, null);
    }
    writeFileSync(join(old, 'metrics.jsonl'), '{"step":1}\n');
    mkdirSync(join(old, 'evaluations'));
    for (const [name, text] of Object.entries({ ...MINE, ...EVALUATION }))
      writeFileSync(join(old, name), text);
    run.step = 0;
  });
  after(() => run.dispose());

  it('killed while the old one is moved aside, leaves it as it was', async () => {
    const all = await failing(['rename', 'rm'], Number.POSITIVE_INFINITY, () => beginRun(copy(), run));
    assert.ok(all > 20, `${all} calls`);
    for (const allowed of calls(all)) {
      const dir = copy();
      await failing(['rename', 'rm'], allowed, () => beginRun(dir, run));
      await settle(dir);
      assert.deepEqual(contents(dir), contents(old), `killed after ${allowed} calls`);
    }
  });

  it('ended before its first step is saved, leaves it as it was, and says so once', async () => {
    const begun = copy();
    await beginRun(begun, run);
    assert.deepEqual([aside(begun).length, await runStatus(begun)], [1, 'new']);
    assert.deepEqual(mineIn(begun), MINE, 'files of the user stay where they are');
    appendFileSync(join(begun, 'metrics.jsonl'), '{"step":1}\n');
    let all = 0;
    for (let allowed = 0; allowed <= all; allowed += allowed < 6 ? 1 : 3) {
      const dir = copyFolder(begun, join(folder, `copy-${copies++}`));
      const made = await failing(['rename', 'rm'], allowed === 0 ? 1e9 : allowed - 1, () => settle(dir));
      if (allowed === 0) all = made;
      await settle(dir);
      assert.deepEqual(contents(dir), contents(old), `killed after ${allowed - 1} calls`);
    }
    assert.match(
      (await settle(begun)).join(),
      /the earlier run is back: its successor ended before its first checkpoint/,
    );
    assert.deepEqual(await settle(begun), []);
  });

  it('removes the old one once its first step is whole, but no file of the user and no answer', async () => {
    const dir = copy();
    writeFileSync(join(dir, 'steps', '000004', 'config.json'), 'changed by me');
    await beginRun(dir, run);
    run.step = 1;
    await saveStep(dir, run, null);
    run.step = 0;
    assert.deepEqual(mineIn(dir), MINE);
    assert.deepEqual(await savedSteps(dir), [1]);
    const id = idOf(old).slice(0, 8);
    assert.deepEqual(contents(join(dir, 'evaluations', 'earlier', id)), {
      'answers.jsonl': '{"id":"1"}\n',
      'evaluation.json': '{}',
    });
    assert.deepEqual(contents(join(dir, `replaced-${id}`)), { 'steps/000004/config.json': 'changed by me' });
    assert.deepEqual(await settle(dir), []);
  });

  it('killed while it saves its first step, leaves one of the two whole', async () => {
    const begun = copy();
    await beginRun(begun, run);
    run.step = 1;
    const copied = () => copyFolder(begun, join(folder, `copy-${copies++}`));
    const all = await failing(['rename', 'rm'], 1e9, () => saveStep(copied(), run, null));
    const ends = new Set<string>();
    for (const allowed of calls(all)) {
      const dir = copied();
      await failing(['rename', 'rm'], allowed, () => saveStep(dir, run, null));
      await settle(dir);
      const isOld = idOf(dir) === idOf(old);
      ends.add(isOld ? 'old' : 'new');
      if (isOld) assert.deepEqual(contents(dir), contents(old), `killed after ${allowed} calls`);
      else {
        assert.deepEqual([await savedSteps(dir), aside(dir)], [[1], []], `killed after ${allowed} calls`);
        assert.deepEqual(mineIn(dir), MINE);
      }
    }
    run.step = 0;
    assert.deepEqual([...ends], ['old', 'new']);
  });

  it('is put beside nothing of a run that saved nothing', async () => {
    const dir = join(folder, 'empty');
    await beginRun(dir, run);
    writeFileSync(join(dir, 'notes.txt'), 'mine');
    const first = idOf(dir);
    await beginRun(dir, run);
    assert.notEqual(idOf(dir), first);
    assert.deepEqual([aside(dir), existsSync(join(dir, 'notes.txt'))], [[], true]);
  });
});
