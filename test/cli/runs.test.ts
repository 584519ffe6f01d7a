/** `npm run train` as processes at one folder: signals, a second process, a longer run, --overwrite. */
import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { train } from '../../src/cli/train.ts';
import { learningRateAt } from '../../src/train/schedule.ts';
import { startCli } from '../support/cli.ts';
import { temporaryFolder, writeColours } from '../support/files.ts';
import { contents, copyFolder } from '../train/support.ts';

describe('npm run train in a folder', function () {
  this.timeout(400_000);
  const folder = temporaryFolder();
  const recipe = join(folder, 'tiny.json');
  const STEPS = 24;
  const { INIT_CWD } = process.env;
  before(async () => {
    process.env.INIT_CWD = folder;
    const data = { train: writeColours(join(folder, 'colours.jsonl')), validationShare: 0.1 };
    const model = { dModel: 32, nLayers: 1, nHeads: 2, ffnDim: 64 };
    const train = { steps: STEPS, batchSize: 8, saveEvery: 6, validateEvery: 8 };
    const tiny = {
      name: 'tiny',
      method: { target: 'ko' },
      data,
      model,
      train,
      tokenizer: { vocabSize: 400 },
    };
    writeFileSync(recipe, JSON.stringify({ ...tiny, generate: { maxNewTokens: 2 } }));
    const { code, error } = await start('whole').ended;
    assert.equal(code, 0, error);
  });
  after(() => {
    if (INIT_CWD === undefined) delete process.env.INIT_CWD;
    else process.env.INIT_CWD = INIT_CWD;
  });

  const start = (output: string, ...more: string[]) =>
    startCli(folder, ['train', '--recipe', recipe, '--output', output, ...more]);
  const path = (...parts: string[]) => join(folder, ...parts);
  const metrics = (name: string): Record<string, number>[] => {
    const file = path(name, 'metrics.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
    return lines.map((line) => ({ ...JSON.parse(line), seconds: 0 }));
  };
  const until = async (child: ChildProcess, reached: () => boolean) => {
    while (!reached() && child.exitCode === null) await new Promise((go) => setTimeout(go, 2));
  };
  const weights = (name: string) => readFileSync(path(name, 'model.safetensors'));

  it('ended by a hangup, a termination, a reader that has gone or a kill, goes on to the same end', async () => {
    const ends: [string, (child: ChildProcess) => void, number | null][] = [
      ['a closed terminal', (child) => void child.kill('SIGHUP'), 129],
      ['a termination', (child) => void child.kill('SIGTERM'), 143],
      ['a pipe that is closed', (child) => void child.stdout?.destroy(), 141],
      ['a kill', (child) => void child.kill('SIGKILL'), null],
    ];
    for (const [i, [name, end, code]] of ends.entries()) {
      const made = metrics('stopped').length;
      const { child, ended } = start('stopped', '--json', '--resume');
      await until(child, () => metrics('stopped').length >= made + 2);
      if (i === 0) await secondProcess('stopped', child);
      end(child);
      const stopped = await ended;
      assert.equal(stopped.code, code, `${name}: ${stopped.error}`);
      assert.equal(existsSync(path('stopped', '.plug-tune.lock')), code === null);
      const now = metrics('stopped').length;
      assert.ok(now > made && now < STEPS, `${name} at step ${now}`);
      if (code === null) continue;
      assert.ok(readdirSync(path('stopped', 'steps')).includes(String(now).padStart(6, '0')), name);
      assert.match(
        stopped.error,
        new RegExp(`Stopped at step ${now} of ${STEPS}, saved\\. Go on: the same command`),
      );
    }
    const last = await start('stopped', '--resume').ended;
    assert.equal(last.code, 0, last.error);
    assert.deepEqual(metrics('stopped'), metrics('whole'));
    assert.ok(weights('stopped').equals(weights('whole')));
  });

  /** Others at the folder of a process are told of it at once, also while it is suspended. */
  async function secondProcess(name: string, child: ChildProcess) {
    child.kill('SIGSTOP');
    await assert.rejects(
      train(['--recipe', recipe, '--output', name, '--resume']),
      new RegExp(
        `^UserError: ${name}: expected no other process at work on it, got process ${child.pid} on \\S+ \\(train\\) since 2`,
      ),
    );
    child.kill('SIGCONT');
  }

  /** The verb in this process. @returns what it printed */
  async function printed(...args: string[]): Promise<string> {
    const { log } = console;
    const lines: string[] = [];
    console.log = (line: string) => void lines.push(line);
    try {
      assert.equal(await train(['--recipe', recipe, ...args]), 0);
    } finally {
      console.log = log;
    }
    return lines.join('\n');
  }

  it('finished, names every setting and file that is asked for otherwise, and changes nothing', async () => {
    const before = contents(path('whole'));
    const whole = ['--output', 'whole'];
    const refused = (args: string[], message: RegExp) =>
      assert.rejects(train(['--recipe', recipe, ...whole, ...args]), message);
    const free = ['--train.saveEvery', '0', '--generate.maxNewTokens', '9', '--resume'];
    assert.match(await printed(...whole, ...free), /^whole is finished, 24 steps; a larger --train\.steps/);
    await refused(
      ['--train.learningRate', '0.5', '--data.limit', '9', '--train.steps', '40'],
      /^UserError: whole: finished with other settings or data: train\.steps: expected 24.*; train\.learningRate: expected 0\.001, as the run began with, got 0\.5; data\.limit: expected not set.*got 9; train into another folder with --output NEW, or replace this run with --overwrite$/,
    );
    await refused(['--train.steps', '20'], /train\.steps: expected at least 24, which are made, got 20/);
    const rows = readFileSync(path('colours.jsonl'), 'utf8');
    writeFileSync(path('colours.jsonl'), rows.replace('red', 'pink'));
    await refused([], /other settings or data: data\.train: colours\.jsonl has other content; train into/);
    writeFileSync(path('colours.jsonl'), rows);
    assert.match(
      await printed(...whole),
      /^whole is finished/,
      'the same bytes at another time are the same data',
    );
    assert.deepEqual(contents(path('whole')), before);
  });

  it('finished, goes on with more steps: the data continue, and rates are those of so long a run', async () => {
    for (const name of ['longer', 'longer-killed']) copyFolder(path('whole'), path(name));
    const more = ['--train.steps', '30'];
    const { code, error } = await start('longer', ...more).ended;
    assert.equal(code, 0, error);
    assert.match(error, /longer\/, resumed at step 24/);
    const lines = metrics('longer');
    assert.deepEqual(lines.slice(0, STEPS), metrics('whole'));
    assert.deepEqual(
      lines.slice(STEPS).map(({ step, steps, learningRate }) => [step, steps, learningRate]),
      [25, 26, 27, 28, 29, 30].map((step) => {
        const schedule = {
          schedule: 'cosine',
          learningRate: 1e-3,
          warmupSteps: 1,
          finalLearningRateRatio: 0,
        } as const;
        return [step, 30, learningRateAt(step, 30, schedule)];
      }),
    );
    const passes = lines.map(({ epoch }) => epoch);
    assert.ok(passes.every((epoch, i) => i === 0 || epoch > passes[i - 1]));
    // Killed on the way, it goes on to the same end.
    const { child, ended } = start('longer-killed', ...more);
    await until(child, () => metrics('longer-killed').length > STEPS + 1);
    child.kill('SIGKILL');
    await ended;
    assert.equal((await start('longer-killed', ...more, '--resume').ended).code, 0);
    assert.deepEqual(metrics('longer-killed'), lines);
    assert.ok(weights('longer-killed').equals(weights('longer')));
  });

  it('killed at random moments of --overwrite, leaves the old run or a whole step of the new one', async () => {
    for (const least of [0, 5]) {
      const name = `overwritten-${least}`;
      copyFolder(path('whole'), path(name));
      writeFileSync(path(name, 'notes.txt'), 'mine');
      const before = contents(path(name));
      const { child, ended } = start(name, '--overwrite', '--train.learningRate', '0.002');
      await until(child, () => metrics(name).length < STEPS);
      await until(child, () => metrics(name).length >= least);
      await new Promise((go) => setTimeout(go, Math.random() * 60));
      child.kill('SIGKILL');
      await ended;
      const { error } = await start(name).ended;
      if (/the earlier run is back/.test(error)) assert.deepEqual(contents(path(name)), before);
      else assert.match(error, /an interrupted run; --resume goes on with it/);
      assert.equal(readFileSync(path(name, 'notes.txt'), 'utf8'), 'mine');
    }
    const { code, error } = await start('overwritten-0', '--overwrite', '--train.steps', '2').ended;
    assert.equal(code, 0, error);
    const kept = readdirSync(path('overwritten-0')).filter((one) => /replaced|notes/.test(one));
    assert.deepEqual(kept, ['notes.txt']);
    assert.equal(metrics('overwritten-0').length, 2);
  });

  it('failed before the first checkpoint of --overwrite, leaves the old run as it was', async () => {
    const before = contents(path('whole'));
    const failed = await start('whole', '--overwrite', '--train.learningRate', '1e38').ended;
    assert.equal(failed.code, 1);
    assert.match(failed.error, /step \d: expected a finite loss.*\n|whole: the earlier run is back/);
    assert.match(
      failed.error,
      /whole: the earlier run is back: its successor ended before its first checkpoint/,
    );
    assert.deepEqual(contents(path('whole')), before);
  });
});
