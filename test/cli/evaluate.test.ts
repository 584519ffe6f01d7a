/** `npm run evaluate` as a process: a small model asked, killed, gone on with, and asked anew. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCli } from '../support/cli.ts';
import { temporaryFolder, writeColours } from '../support/files.ts';

describe('npm run evaluate', () => {
  const folder = temporaryFolder();

  const start = (args: string[]) => startCli(folder, args);
  const evaluate = (...args: string[]) => start(['evaluate', '--generate.maxNewTokens', '12', ...args]);
  const textOf = (...path: string[]) => {
    const file = join(folder, ...path);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  /** Answers without the time that they took. */
  const timeless = (text: string) => text.replace(/"seconds":[\d.e-]+/g, '"seconds":0');
  const lines = (text: string) => text.split('\n').length - 1;

  before(async function () {
    this.timeout(120_000);
    const data = writeColours(join(folder, 'colours.jsonl'));
    const small = [
      '--model.dModel',
      '32',
      '--model.nLayers',
      '1',
      '--model.nHeads',
      '2',
      '--model.ffnDim',
      '64',
    ];
    const short = [
      '--model',
      'none',
      '--tokenizer.vocabSize',
      '400',
      '--train.steps',
      '2',
      '--data.train',
      data,
    ];
    const { code, error } = await start([
      'train',
      '--recipe',
      'plug-ko',
      '--output',
      'tiny',
      ...small,
      ...short,
    ]).ended;
    assert.equal(code, 0, error);
  });

  it('writes answers and scores into the model, and prints a table', async () => {
    const { code, out, error } = await evaluate('--model', 'tiny', '--limit', '3').ended;
    assert.equal(code, 0, error);
    assert.match(out, /^tiny, asked in ko\n\n% +rows +correct +facts +language +form\nopen +3 .*95 %: /);
    assert.match(out, /\ntruthfulness +3 .*\n +truthful .*\n(?: {2}.*\n)*arithmetic +3 /);
    const answers = textOf('tiny', 'evaluations', 'answers.jsonl')
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one));
    assert.equal(answers.length, 9);
    assert.deepEqual(
      [answers[0].file, answers[0].stopped, answers[0].form, answers[0].correct],
      ['open.jsonl', 'length', false, false],
    );
    const { scores, target } = JSON.parse(textOf('tiny', 'evaluations', 'scores.json'));
    assert.deepEqual([target, scores.open.rows, scores.arithmetic.rows], ['ko', 3, 3]);
  });

  it('killed, goes on to the same answers; done, asks nobody', async function () {
    this.timeout(120_000);
    const args = ['--checkpoint', 'tiny', '--limit', '40', '--batchSize', '4'];
    assert.equal((await evaluate(...args, '--output', 'whole').ended).code, 0);
    const whole = timeless(textOf('whole', 'answers.jsonl'));
    const { child, ended } = evaluate(...args, '--output', 'killed');
    while (lines(textOf('killed', 'answers.jsonl')) < 10 && child.exitCode === null) {
      await new Promise((go) => setTimeout(go, 2));
    }
    child.kill('SIGKILL');
    await ended;
    const before = lines(textOf('killed', 'answers.jsonl'));
    assert.ok(before >= 10 && before < 120, `killed at ${before}`);
    assert.equal(textOf('killed', 'scores.json'), '');
    // an answer that no model would give shows that it is not asked again
    const kept = textOf('killed', 'answers.jsonl').replace(/"text":"(?:[^"\\]|\\.)*"/, '"text":"kept"');
    writeFileSync(join(folder, 'killed', 'answers.jsonl'), `${kept}{"id":"half`);
    assert.equal((await evaluate(...args, '--output', 'killed').ended).code, 0);
    const [first, ...others] = timeless(textOf('killed', 'answers.jsonl')).split('\n');
    assert.equal(JSON.parse(first).text, 'kept');
    assert.deepEqual(others, whole.split('\n').slice(1));

    rmSync(join(folder, 'whole', 'scores.json'));
    const again = await evaluate(...args, '--output', 'whole', '--json').ended;
    assert.deepEqual([again.code, timeless(textOf('whole', 'answers.jsonl'))], [0, whole]);
    assert.equal(JSON.parse(again.out).scores.open.rows, 40);
    assert.doesNotMatch(again.error, /answer \d/);
  });

  it('keeps all answers when fewer rows are asked, or others', async () => {
    const args = ['--model', 'tiny', '--output', 'kept'];
    assert.equal((await evaluate(...args, '--limit', '3').ended).code, 0);
    const before = textOf('kept', 'answers.jsonl');
    const scores = textOf('kept', 'scores.json');
    const { code, error } = await evaluate(...args, '--limit', '1').ended;
    assert.equal(code, 0, error);
    assert.match(
      error,
      /kept\/answers\.jsonl, scores: scores-open-truthfulness-arithmetic-limit-1\.json beside it/,
    );
    assert.deepEqual([lines(textOf('kept', 'answers.jsonl')), textOf('kept', 'scores.json')], [9, scores]);
    const sorted = (text: string) => timeless(text).split('\n').sort();
    assert.deepEqual(sorted(textOf('kept', 'answers.jsonl')), sorted(before));
  });

  it('begins anew under other settings, and judges no content without answers', async () => {
    const file = join(folder, 'own.jsonl');
    writeFileSync(file, '{"frage_it":"Perché il cielo è blu?"}\n{"frage_it":"Come stai?"}\n');
    const own = [
      '--data',
      'own.jsonl',
      '--data.columns.instruction',
      'frage_{lang}',
      '--method.target',
      'it',
    ];
    const { code, out, error } = await evaluate('--model', 'tiny', ...own).ended;
    assert.equal(code, 0, error);
    assert.match(out, /asked in it\n\n.*\nother +2 +– +– .*content not judged/);
    assert.equal(lines(textOf('tiny', 'evaluations', 'answers.jsonl')), 2);
  });

  it('says what is wrong', async () => {
    const cases: [string[], RegExp][] = [
      [[], /^evaluate: expected --model DIR/],
      [['--model', 'nowhere'], /expected a model directory with config\.json, got no such folder/],
      [
        ['--model', 'tiny', '--data', 'none.jsonl'],
        /^none\.jsonl: expected a file or folder of rows, got no such file/,
      ],
      [
        ['--model', 'tiny', '--method.target', 'fr'],
        /open\.jsonl:1: expected one of the fields "instruction_fr"/,
      ],
      [['--model', 'tiny', '--limit', '0'], /--limit: expected an integer >= 1, got 0/],
      [['--model', 'tiny', '--batchsize', '4'], /unknown flag --batchsize, did you mean --batchSize/],
    ];
    for (const [args, message] of cases) {
      const { code, error } = await evaluate(...args).ended;
      assert.equal(code, 1);
      assert.match(error, message);
    }
  });
});
