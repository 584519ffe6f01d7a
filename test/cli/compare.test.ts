/** `npm run compare` as a process: a whole comparison of two tiny recipes, stopped and gone on with. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare } from '../../src/cli/compare.ts';
import type { Report } from '../../src/compare/report.ts';
import { withFolderLock } from '../../src/folderLock.ts';
import { type Ended, startCli } from '../support/cli.ts';
import { temporaryFolder, writeColours } from '../support/files.ts';

describe('npm run compare', () => {
  const folder = temporaryFolder();
  const train = writeColours(join(folder, 'colours.jsonl'));
  const questions = join(folder, 'questions.jsonl');
  const numbers = [2, 3, 5, 7].map((answer) => ({
    id: `q${answer}`,
    instruction_ko: `${answer}번?`,
    answer,
  }));
  writeFileSync(questions, numbers.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const write = (name: string, method: string) => {
    const file = join(folder, `${name}.json`);
    const tiny = {
      ...{ name, description: `${method}, tiny`, method: { name: method, target: 'ko' }, data: { train } },
      ...{ tokenizer: { vocabSize: 400 }, model: { dModel: 32, nLayers: 1, nHeads: 2, ffnDim: 64 } },
      ...{ train: { steps: 6, batchSize: 8, saveEvery: 2 }, generate: { maxNewTokens: 5 } },
    };
    writeFileSync(file, JSON.stringify(tiny));
    return file;
  };
  const recipes = [write('mono', 'monolingual'), write('plug', 'plug')].join(',');

  /** @param until interrupts once the output says so */
  function run(args: string[], until?: RegExp): Promise<Ended> {
    let interrupted = false;
    return startCli(folder, ['compare', ...args], (error, child) => {
      if (!interrupted && until?.test(error)) interrupted = child.kill('SIGINT');
    }).ended;
  }
  const reportOf = (name: string): Report =>
    JSON.parse(readFileSync(join(folder, 'reports', name, 'report.json'), 'utf8'));
  const args = ['--recipes', recipes, '--seeds', '2', '--data', questions, '--name', 'tiny'];

  it('stopped, says how to go on; the same command finishes it, and makes nothing twice', async function () {
    this.timeout(180_000);
    const stopped = await run(args, /2\/4 {2}plug, seed 42/);
    assert.equal(stopped.code, 130, stopped.error);
    assert.match(stopped.error, /Stopped after \d of 4 runs\. Go on: the same command/);
    const { code, out, error } = await run(args);
    assert.equal(code, 0, error);
    const report = reportOf('tiny');
    assert.deepEqual([report.done, report.total, report.seeds], [4, 4, [42, 43]]);
    assert.deepEqual(
      report.rows.map(({ recipe, runs, groups }) => [recipe, runs.length, groups.arithmetic?.rows]),
      [
        ['mono', 2, 8],
        ['plug', 2, 8],
      ],
    );
    assert.equal(report.rows[1].groups.arithmetic?.against?.recipe, 'mono');
    assert.equal(report.rows[1].runs[0].loss.length, 6);
    assert.ok(report.rows[1].cost.tokensTrained > report.rows[0].cost.tokensTrained);
    assert.match(report.command, /^npm run compare -- --recipes .*--name tiny$/);
    for (const { recipe } of report.rows) assert.ok(out.includes(recipe), out);
    const page = readFileSync(join(folder, 'reports', 'tiny', 'report.html'), 'utf8');
    assert.match(page, /<h1>tiny<\/h1>/);

    const runs = join(folder, 'checkpoints', 'runs');
    const times = () =>
      readdirSync(runs).map((name) => [name, statSync(join(runs, name, 'metrics.jsonl')).mtimeMs]);
    const before = times();
    assert.equal(before.length, 4);
    const [first] = readdirSync(runs);
    const [step] = readdirSync(join(runs, first, 'steps'));
    assert.deepEqual(
      readdirSync(join(runs, first, 'steps', step)),
      ['state.json'],
      'what only resuming needs is gone',
    );
    const again = await run([...args, '--json']);
    assert.equal(again.code, 0, again.error);
    assert.deepEqual(times(), before);
    assert.deepEqual(JSON.parse(again.out).rows, report.rows);
  });

  it('sweeps a key, and finds again the runs that another comparison made', async function () {
    this.timeout(120_000);
    const runs = () => readdirSync(join(folder, 'checkpoints', 'runs')).length;
    const before = runs();
    const sweep = [
      '--recipes',
      recipes,
      '--data',
      questions,
      '--name',
      'swept',
      '--sweep',
      'train.steps=3,6',
    ];
    const { code, error } = await run(sweep);
    assert.equal(code, 0, error);
    const report = reportOf('swept');
    assert.deepEqual(report.sweep, { key: 'train.steps', points: ['3', '6'] });
    assert.deepEqual(
      report.rows.map(({ recipe, point }) => [recipe, point]),
      [
        ['mono', '3'],
        ['plug', '3'],
        ['mono', '6'],
        ['plug', '6'],
      ],
    );
    assert.equal(runs(), before + 2, 'six steps with seed 42 stood already');
  });

  it('writes no report over a page that is not one, and has one process at a time', async () => {
    const page = join(folder, 'page');
    mkdirSync(page);
    writeFileSync(join(page, 'report.html'), 'mine');
    const ask = (output: string) => compare(['--recipes', recipes, '--data', questions, '--output', output]);
    await assert.rejects(
      ask(page),
      /report\.html: expected a report of a comparison or none, got another file/,
    );
    assert.equal(readFileSync(join(page, 'report.html'), 'utf8'), 'mine');
    const busy = join(folder, 'busy');
    await withFolderLock(busy, 'compare', () =>
      assert.rejects(
        ask(busy),
        new RegExp(`busy: expected no other process .* got process ${process.pid} on`),
      ),
    );
    assert.ok(!existsSync(busy), 'a folder in which nothing was done is gone');
  });

  it('says what is wrong with its flags before anything runs', async () => {
    const cases: [string[], RegExp][] = [
      [[], /expected --recipes NAME,NAME/],
      [['--recipes', 'mono-kr'], /no recipe mono-kr, did you mean mono-ko\?/],
      [
        ['--recipes', recipes, '--sweep', 'data.limit'],
        /--sweep: expected KEY=A,B, such as data\.limit=32,64, got "data\.limit"/,
      ],
      [
        ['--recipes', recipes, '--sweep', 'data.limits=3'],
        /unknown flag --data\.limits, did you mean --data\.limit\?/,
      ],
      [['--recipes', recipes, '--sweep', 'data.limit=x'], /--data\.limit must be an integer >= 1, got "x"/],
      [['--recipes', recipes, '--seeds', '0'], /--seeds: expected an integer >= 1, got 0/],
      [['--recipes', recipes, '--output', ''], /--output: expected a path, got an empty text/],
    ];
    for (const [args, message] of cases) await assert.rejects(compare(args), message);
  });
});
