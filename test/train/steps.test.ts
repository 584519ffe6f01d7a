/** The saved steps of a run: damage is noticed and passed over, and only the run's own files are removed. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  beginRun,
  resumeRun,
  runStatus,
  saveBest,
  savedSteps,
  saveStep,
} from '../../src/train/checkpoints.ts';
import { prepareRun, type Run } from '../../src/train/run.ts';
import { train } from '../../src/train/train.ts';
import { temporaryFolder } from '../support/files.ts';
import { colourRecipe, contents, copyFolder, zeroBytes } from './support.ts';

describe('the saved steps of a run', () => {
  const folder = temporaryFolder();
  const recipe = colourRecipe(folder);
  const whole = join(folder, 'whole');
  let run: Run;
  let copies = 0;
  const copy = () => copyFolder(whole, join(folder, `copy-${copies++}`));
  const saveAt = async (dir: string, step: number) => {
    run.step = step;
    run.optimizer.step = step;
    return saveStep(dir, run, null);
  };
  /** Resumes, and gives the step and what was said. */
  async function resumed(dir: string): Promise<{ step: number; lines: string }> {
    const lines: string[] = [];
    const { run: again } = await resumeRun(dir, recipe, { warn: (line) => lines.push(line) });
    again.dispose();
    return { step: again.step, lines: lines.join('\n') };
  }

  before(async () => {
    run = await prepareRun(recipe);
    // One step, so that the moments are not all zero.
    for await (const _ of train(run)) break;
    await beginRun(whole, run);
    await saveAt(whole, 2);
    await saveAt(whole, 4);
  });
  after(() => run.dispose());

  it('have a record of every file, which a later start compares', async () => {
    const step = join(whole, 'steps', '000004');
    const { files } = JSON.parse(readFileSync(join(step, 'state.json'), 'utf8'));
    assert.deepEqual(
      Object.keys(files).sort(),
      readdirSync(step).filter((name) => name !== 'state.json'),
    );
    assert.deepEqual(await resumed(copy()), { step: 4, lines: '' });
  });

  const damage: Record<string, [(step: string) => void, RegExp]> = {
    'zeroed bytes in the weights': [
      (step) => zeroBytes(join(step, 'model.safetensors')),
      /000004: model\.safetensors: expected SHA-256/,
    ],
    'zeroed bytes in the moments': [
      (step) => zeroBytes(join(step, 'optimizer.safetensors')),
      /optimizer\.safetensors: expected SHA-256/,
    ],
    'a tokenizer cut off': [
      (step) => truncateSync(join(step, 'tokenizer.json'), 100),
      /tokenizer\.json: expected \d+ bytes, got 100/,
    ],
    'a missing file': [(step) => rmSync(join(step, 'config.json')), /config\.json: it is missing/],
    'a state cut off': [
      (step) => truncateSync(join(step, 'state.json'), 200),
      /state\.json: it is missing or damaged/,
    ],
    'another digit in the state': [
      (step) => {
        const file = join(step, 'state.json');
        writeFileSync(file, readFileSync(file, 'utf8').replace('"place": 24', '"place": 25'));
      },
      /state\.json: it is missing or damaged/,
    ],
    'a missing state': [(step) => rmSync(join(step, 'state.json')), /state\.json: it is missing or damaged/],
  };
  for (const [name, [break_, message]] of Object.entries(damage)) {
    it(`pass over a newest step with ${name}, say so and keep it`, async () => {
      const dir = copy();
      const step = join(dir, 'steps', '000004');
      break_(step);
      const broken = contents(step);
      const { step: from, lines } = await resumed(dir);
      assert.equal(from, 2);
      assert.match(lines, message);
      assert.match(lines, /damaged, kept as damaged-000004\. Going on from step 2/);
      assert.deepEqual(contents(join(dir, 'steps', 'damaged-000004')), broken);
      // The step is made again beside it.
      await saveAt(dir, 4);
      assert.deepEqual(await savedSteps(dir), [2, 4]);
    });
  }

  it('are refused in one line where all are damaged, with nothing changed', async () => {
    const dir = copy();
    zeroBytes(join(dir, 'steps', '000004', 'model.safetensors'));
    rmSync(join(dir, 'steps', '000002', 'optimizer.safetensors'));
    const before = contents(dir);
    await assert.rejects(resumed(dir), (error: Error) => {
      assert.match(
        error.message,
        /^\S*000004: model.*; \S*000002: optimizer\.safetensors: it is missing; expected a whole/,
      );
      assert.match(
        error.message,
        /got none; bring the files back from a copy, or begin again with --overwrite$/,
      );
      return true;
    });
    assert.deepEqual(contents(dir), before);
    assert.equal(await runStatus(dir), 'interrupted');
  });

  it('that are all gone do not send in a circle: only --overwrite begins again', async () => {
    const dir = copy();
    rmSync(join(dir, 'steps'), { recursive: true });
    assert.equal(await runStatus(dir), 'interrupted');
    await assert.rejects(
      resumeRun(dir, recipe),
      /expected a saved step to go on from, got none; begin again with --overwrite, or in another folder$/,
    );
  });

  it('are found by their own records where the mark of the folder is damaged', async () => {
    for (const damage of ['', '{"format": 1', '{}']) {
      const dir = copy();
      writeFileSync(join(dir, 'run.json'), damage);
      assert.equal(await runStatus(dir), 'interrupted');
      assert.equal((await resumed(dir)).step, 4);
    }
    const dir = copy();
    rmSync(join(dir, 'run.json'));
    assert.equal((await resumed(dir)).step, 4);
  });

  it('give the folder its own weights back where these are damaged, and keep the damaged file', async () => {
    const dir = copy();
    zeroBytes(join(dir, 'model.safetensors'));
    const broken = readFileSync(join(dir, 'model.safetensors'));
    const { step, lines } = await resumed(dir);
    assert.equal(step, 4);
    assert.match(lines, /model\.safetensors: expected SHA-256.*the weights of step 4 take their place/);
    assert.match(lines, /not as this run wrote it, kept as model\.safetensors\.kept/);
    const weights = (name: string) => readFileSync(join(dir, name));
    assert.ok(weights('model.safetensors').equals(weights('steps/000004/model.safetensors')));
    assert.ok(weights('model.safetensors.kept').equals(broken));
  });

  it('are removed when they are old, but nothing that was added or changed', async () => {
    const dir = copy();
    const old = join(dir, 'steps', '000002');
    writeFileSync(join(old, 'notes.txt'), 'mine');
    writeFileSync(join(old, 'tokenizer_config.json'), '{"mine": 1}');
    mkdirSync(join(dir, 'steps', 'my-own'));
    await saveAt(dir, 6);
    assert.deepEqual(await savedSteps(dir), [4, 6]);
    assert.deepEqual(contents(old), { 'notes.txt': 'mine', 'tokenizer_config.json': '{"mine": 1}' });
    assert.ok(existsSync(join(dir, 'steps', 'my-own')));
  });

  it('are saved beside files that are in the way, which keep another name', async () => {
    const dir = copy();
    const step = join(dir, 'steps', '000006');
    mkdirSync(step);
    writeFileSync(join(step, 'notes.txt'), 'mine');
    writeFileSync(join(step, 'config.json'), 'my config');
    await saveAt(dir, 6);
    assert.equal((await resumed(dir)).step, 6);
    const files = contents(step);
    assert.deepEqual([files['notes.txt'], files['config.json.kept']], ['mine', 'my config']);
    writeFileSync(join(dir, 'steps', '000008'), 'a file of mine');
    await saveAt(dir, 8);
    assert.equal(readFileSync(join(dir, 'steps', '000008.kept'), 'utf8'), 'a file of mine');
  });

  it('and the best weights never take the place of a file that is not ours', async () => {
    const dir = copy();
    writeFileSync(join(dir, 'config.json'), 'my config');
    await saveBest(dir, run);
    assert.equal(readFileSync(join(dir, 'config.json.kept'), 'utf8'), 'my config');
    const other = join(folder, 'other');
    mkdirSync(other);
    writeFileSync(join(other, 'model.safetensors'), 'my model');
    for (const work of [saveBest(other, run), saveStep(other, run, null), beginRun(other, run)]) {
      await assert.rejects(
        work,
        /other: expected a new or empty folder.* got model\.safetensors and no run\.json/,
      );
    }
    assert.deepEqual(contents(other), { 'model.safetensors': 'my model' });
  });
});
