/**
 * `make test-large DATA=FILE`: a random model of a billion parameters, made on the spot, is loaded beside
 * `safetensors.torch.load_file`, tuned by adapters for 20 steps on FILE, merged, and read by transformers. Prints what
 * each took, and writes reports/large.json.
 *
 *     node --import tsx scripts/large/run.ts DATA [PYTHON]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runChild } from '../../src/bench/child.ts';
import { median } from '../../src/bench/figures.ts';
import { writeJson } from '../../src/files.ts';
import { parameterCount } from '../../src/model/parameters.ts';
import { trainBpe, writeBpe } from '../../src/tokenizer/bpe.ts';
import { LARGE, makeLargeModel } from './model.ts';

const ROUNDS = 3;
const [data, program = '.venv-parity/bin/python'] = process.argv.slice(2);
if (!data || !existsSync(data))
  throw new Error(`expected a training file in English and Chinese, got ${data}`);
const folder = resolve('.cache/large');
const base = join(folder, 'model');
const script = (name: string) => new URL(name, import.meta.url).pathname;
const node = (...args: string[]) => [process.execPath, '--import', 'tsx', ...args];
const python = (...args: string[]) => [program, script('peer.py'), ...args];
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;

interface Loaded {
  seconds: number;
  before: number;
  peak: number;
  after: number;
  trace?: { seconds: number; bytes: number }[];
}

const ask = <T>([command, ...args]: string[]) => runChild<T>(args.join(' '), command, args);

/** Runs a verb of ours in the terminal. @returns the largest resident memory of the process, in bytes */
async function verb(...args: string[]): Promise<number> {
  const [command, ...rest] = node('src/cli/main.ts', ...args);
  const child = spawn(command, rest, { stdio: ['ignore', 'inherit', 'inherit'] });
  let peak = 0;
  const timer = setInterval(() => {
    const text = existsSync(`/proc/${child.pid}/status`)
      ? readFileSync(`/proc/${child.pid}/status`, 'utf8')
      : '';
    peak = Math.max(peak, 1024 * Number(/^VmHWM:\s*(\d+)/m.exec(text)?.[1] ?? 0));
  }, 100);
  const [code] = await once(child, 'exit');
  clearInterval(timer);
  if (code !== 0) throw new Error(`${args[0]}: expected it to finish, got exit status ${code}`);
  return peak;
}

/** Loads in turns, ours and theirs, each in a process of its own. */
async function compareLoading() {
  const rounds: Record<'ours' | 'theirs', Loaded[]> = { ours: [], theirs: [] };
  for (let round = 0; round < ROUNDS; round++) {
    rounds.ours.push(await ask(node(script('load.ts'), base)));
    rounds.theirs.push(await ask(python('load', base)));
  }
  const weights = 2 * parameterCount(LARGE);
  const found = Object.entries(rounds).map(([name, some]) => {
    const seconds = median(some.map((one) => one.seconds));
    const beyond = Math.max(...some.map(({ peak, before }) => peak - before)) - weights;
    console.log(
      `${name}: ${seconds.toFixed(2)} s, at most ${gigabytes(beyond)} beyond ${gigabytes(weights)} of weights`,
    );
    return [name, { seconds, beyondWeights: beyond, rounds: some }];
  });
  return Object.fromEntries(found);
}

/** Trains adapters, merges them, and has transformers score what the merged model scores here. */
async function tune() {
  const tuned = join(folder, 'tuned');
  const merged = join(folder, 'merged');
  const peak = await verb(
    ...['train', '--recipe', 'plug-zh', '--name', 'large', '--model', base, '--data.train', data],
    ...['--data.validationShare', '0', '--data.limit', '2000', '--data.onBadRow', 'skip'],
    ...['--model.maxSeqLen', '256'],
    ...['--lora.rank', '16', '--train.steps', '20', '--train.batchSize', '2', '--train.packing'],
    ...['--train.gradientCheckpointing', '--train.learningRate', '2e-4', '--generate.maxNewTokens', '4'],
    ...['--evaluate.limit', '1', '--output', tuned, '--overwrite'],
  );
  const steps = readFileSync(join(tuned, 'metrics.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const speeds = steps.slice(2).map(({ tokens, seconds }) => tokens / seconds);
  const mergePeak = await verb('merge', '--model', tuned, '--output', merged);
  const texts = [0, 1].map((i) => ({
    id: `${i}`,
    ids: Array.from({ length: 24 }, (_, j) => (i * 977 + j * 613) % 8000),
  }));
  const file = join(folder, 'texts.jsonl');
  writeFileSync(file, texts.map((text) => `${JSON.stringify(text)}\n`).join(''));
  const output = join(folder, 'scores.jsonl');
  await verb(
    'score',
    '--model',
    merged,
    '--input',
    file,
    '--output',
    output,
    '--precision',
    'float32',
    '--overwrite',
  );
  const ours = readFileSync(output, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).logprobs as number[]);
  const theirs = await ask<number[][]>(python('score', merged, file));
  const difference = Math.max(
    ...ours.flatMap((row, i) => row.map((value, j) => Math.abs(value - theirs[i][j]))),
  );
  const result = {
    losses: steps.map(({ loss }) => loss),
    tokensPerSecond: median(speeds),
    ...{ peak, mergePeak, difference },
  };
  console.log(
    `tuned: loss ${result.losses[0].toFixed(3)} to ${result.losses.at(-1).toFixed(3)}, ` +
      `${result.tokensPerSecond.toFixed(0)} tokens/s, peak ${gigabytes(peak)}; merging ${gigabytes(mergePeak)}; ` +
      `log-probabilities of the merged model differ from transformers' by ${difference.toExponential(1)}`,
  );
  return result;
}

console.log(`making ${(parameterCount(LARGE) / 1e6).toFixed(0)} M random parameters in ${folder} …`);
await makeLargeModel(base);
await writeBpe(base, trainBpe(readFileSync(data, 'utf8').split('\n').slice(0, 3000), { vocabSize: 8000 }));
const loading = await compareLoading();
const tuning = await tune();
await writeJson('reports/large.json', { parameters: parameterCount(LARGE), loading, tuning });
console.log('Written: reports/large.json');
