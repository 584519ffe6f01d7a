/** `npm run train` as a process: killed at random moments, interrupted, finished, resumed; and what it then says. */
import assert from 'node:assert/strict';
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder, writeColours } from '../support/files.ts';

const root = new URL('../../', import.meta.url);
const main = fileURLToPath(new URL('src/cli/main.ts', root));

describe('npm run train', () => {
  const folder = temporaryFolder();
  const file = writeColours(join(folder, 'colours.jsonl'));
  const recipe = join(folder, 'plug-tiny.json');
  writeFileSync(
    recipe,
    JSON.stringify({
      ...{ name: 'plug-tiny', method: { name: 'plug', target: 'ko' }, data: { train: file } },
      evaluate: { data: join(folder, 'questions.jsonl') },
    }),
  );
  const questions = [2, 3].map((answer) => ({ id: `q${answer}`, instruction_ko: `${answer}번?`, answer }));
  writeFileSync(join(folder, 'questions.jsonl'), questions.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const SMALL = [
    ['--data.validationShare', '0.1', '--tokenizer.vocabSize', '400'],
    ['--model.dModel', '32', '--model.nLayers', '1', '--model.nHeads', '2', '--model.ffnDim', '64'],
    [
      '--train.steps',
      '40',
      '--train.batchSize',
      '8',
      '--train.validateEvery',
      '10',
      '--train.saveEvery',
      '3',
    ],
  ].flat();

  function spawnProcess(command: string, args: string[], options: SpawnOptions) {
    const env = { ...process.env, INIT_CWD: folder, NO_COLOR: '1' };
    const child = spawn(command, args, { env, ...options });
    let text = '';
    child.stdout?.on('data', (chunk) => (text += chunk));
    child.stderr?.on('data', (chunk) => (text += chunk));
    const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
      child.on('close', (code) => resolve({ code, text }));
    });
    return { child, ended };
  }
  const start = (args: string[]) => spawnProcess(process.execPath, ['--import', 'tsx', main, ...args], {});
  const train = (name: string, ...more: string[]) =>
    start(['train', '--recipe', recipe, '--output', name, ...SMALL, ...more]);

  /** Metrics of a run without what depends on the clock. */
  function metrics(name: string): object[] {
    const lines = readFileSync(join(folder, name, 'metrics.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    return lines.map((line) => ({ ...JSON.parse(line), seconds: 0 }));
  }
  const weights = (name: string) => readFileSync(join(folder, name, 'model.safetensors'));
  const lineCount = (name: string) => {
    const path = join(folder, name, 'metrics.jsonl');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
  };
  async function untilLines(name: string, count: number, child: ChildProcess) {
    while (lineCount(name) < count && child.exitCode === null) await new Promise((go) => setTimeout(go, 2));
  }

  before(async function () {
    this.timeout(120_000);
    const { code, text } = await train('whole').ended;
    assert.equal(code, 0, text);
    assert.match(text, /rows read 20, skipped 0\nexamples \d+, dropped 0/);
    const heldOut = / {2}arithmetic +[0-9.]+ % +[0-9.]+ % {3}of 2/;
    assert.match(text, heldOut, 'what training did to the answers');
    assert.match(text, /Talk to it: npm run generate -- --checkpoint whole/);
  });

  it('lays out a run as a model directory with its recipe, metrics and steps', () => {
    const names = readdirSync(join(folder, 'whole')).sort();
    assert.deepEqual(names, [
      'answers.json',
      'config.json',
      'data.json',
      'evaluations',
      'generation_config.json',
      'metrics.jsonl',
      'model.safetensors',
      'recipe.json',
      'report.html',
      'run.json',
      'steps',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    const steps = readdirSync(join(folder, 'whole', 'steps'));
    assert.ok(steps.includes('000040'), String(steps));
    const inside = readdirSync(join(folder, 'whole', 'steps', '000040'));
    for (const name of [
      'config.json',
      'model.safetensors',
      'optimizer.safetensors',
      'state.json',
      'tokenizer.json',
    ]) {
      assert.ok(inside.includes(name), name);
    }
    assert.equal(metrics('whole').length, 40);
  });

  it('keeps the weights with the lowest validation loss as its own', () => {
    const lines = metrics('whole') as { step: number; validation?: { loss: number } }[];
    const validated = lines.flatMap(({ step, validation }) =>
      validation ? [{ step, loss: validation.loss }] : [],
    );
    assert.deepEqual(
      validated.map(({ step }) => step),
      [10, 20, 30, 40],
    );
    const best = validated.reduce((low, each) => (each.loss < low.loss ? each : low));
    const last = join(folder, 'whole', 'steps', '000040');
    assert.deepEqual(JSON.parse(readFileSync(join(last, 'state.json'), 'utf8')).best, best);
    // On these data the last is the best.
    assert.equal(best.step, 40);
    assert.ok(weights('whole').equals(readFileSync(join(last, 'model.safetensors'))));
  });

  it('killed at random moments and resumed, makes the same losses and weights as if never stopped', async function () {
    this.timeout(180_000);
    const kills: number[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const resume = existsSync(join(folder, 'killed', 'steps')) ? ['--resume'] : ['--overwrite'];
      const { child, ended } = train('killed', ...resume);
      await untilLines('killed', attempt * 12 + 2 + Math.floor(Math.random() * 9), child);
      await new Promise((go) => setTimeout(go, Math.random() * 40));
      kills.push(lineCount('killed'));
      child.kill('SIGKILL');
      await ended;
    }
    const { code, text } = await train(
      'killed',
      existsSync(join(folder, 'killed', 'steps')) ? '--resume' : '--overwrite',
    ).ended;
    assert.equal(code, 0, text);
    assert.deepEqual(metrics('killed'), metrics('whole'), `killed at steps ${kills}`);
    assert.ok(weights('killed').equals(weights('whole')), `killed at steps ${kills}`);
    assert.deepEqual(
      readdirSync(join(folder, 'killed', 'steps')),
      readdirSync(join(folder, 'whole', 'steps')),
    );
  });

  it('interrupted, saves, says how to go on, and asks for --resume', async function () {
    this.timeout(120_000);
    if (process.platform !== 'linux') this.skip(); // `script` takes other arguments elsewhere
    // On a terminal of its own, where Ctrl-C reaches npm and all that it started, and with steps so slow that a
    // program between npm and ours would lose its patience and kill us.
    const slow = ['--model.ffnDim', '16384', '--train.batchSize', '20', '--train.steps', '12'];
    const args = ['--recipe', recipe, '--output', join(folder, 'interrupted'), ...SMALL, ...slow];
    const command = `npm run train -- ${args.join(' ')}`;
    const { child, ended } = spawnProcess('script', ['-qec', command, '/dev/null'], {
      cwd: fileURLToPath(root),
    });
    await untilLines('interrupted', 2, child);
    child.stdin?.write('\x03');
    const stopped = await ended;
    assert.match(stopped.text, /Stopping after this step and saving/);
    const made = lineCount('interrupted');
    const hint = `Stopped at step ${made} of 12, saved\\. Go on: the same command with --resume`;
    assert.match(stopped.text, new RegExp(hint));
    assert.ok(existsSync(join(folder, 'interrupted', 'model.safetensors')));

    const again = await train('interrupted', ...slow).ended;
    assert.equal(again.code, 1);
    assert.equal(
      again.text,
      'interrupted: an interrupted run; --resume goes on with it, --overwrite begins again\n',
    );
    assert.equal((await train('interrupted', ...slow, '--resume').ended).code, 0);
    assert.equal(metrics('interrupted').length, 12);
  });

  it('does nothing when finished, and says so', async () => {
    const before = metrics('whole');
    const { code, text } = await train('whole').ended;
    assert.equal(code, 0);
    assert.match(
      text,
      /^whole is finished, 40 steps; a larger --train.steps or .* goes on with it, --overwrite begins again\n/,
    );
    assert.deepEqual(metrics('whole'), before);
  });

  it('answers from the run and from a step folder', async () => {
    for (const dir of ['whole', 'whole/steps/000040']) {
      const { code, text } = await start(['generate', '--checkpoint', dir, '--json', '1번 집의 색은?']).ended;
      assert.equal(code, 0, text);
      const answer = JSON.parse(text);
      assert.equal(answer.instruction, '1번 집의 색은?');
      assert.ok(['found', 'not found'].includes(answer.status));
    }
  });

  it('answers the rows of a file, in order, into a file', async () => {
    const rows = ['3번', '1번', '2번'].map((house, i) => ({
      id: `q${i}`,
      instruction_ko: `${house} 집의 색은?`,
    }));
    writeFileSync(join(folder, 'asked.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const command = [
      'generate',
      '--checkpoint',
      'whole',
      '--input',
      'asked.jsonl',
      '--output',
      'answered.jsonl',
    ];
    const { code, text } = await start([...command, '--batchSize', '2']).ended;
    assert.equal(code, 0, text);
    const lines = readFileSync(join(folder, 'answered.jsonl'), 'utf8').trim().split('\n');
    const answers = lines.map((line) => JSON.parse(line));
    assert.deepEqual(
      answers.map(({ id, instruction }) => ({ id, instruction_ko: instruction })),
      rows,
    );
    assert.ok(answers.every(({ text }) => typeof text === 'string'));
    assert.match((await start(command).ended).text, /answered\.jsonl: expected no such file, got one/);
    const alone = [...command.slice(0, 3), '--input', 'asked.jsonl'];
    assert.match(
      (await start(alone).ended).text,
      /expected --input and --output together, got --input alone/,
    );
  });
});
