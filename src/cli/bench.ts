/**
 * `npm run bench`: how fast a training step is, and how much memory it takes, beside PyTorch and TRL where asked.
 * It reads the flags and prints; `src/bench/` measures.
 */
import { existsSync } from 'node:fs';
import { type BenchOptions, runBench } from '../bench/runBench.ts';
import { SIZES } from '../bench/sizes.ts';
import { benchText } from '../bench/table.ts';
import { UserError } from '../errors.ts';
import { fromCaller } from '../recipe/paths.ts';
import { parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';

const VERB = {
  name: 'bench',
  summary: 'Measure a training step: tokens a second, peak memory, and the time of the first step.',
  examples: [
    'npm run bench',
    'npm run bench -- --size medium --json',
    'npm run bench -- --peer torch',
    'npm run bench -- --peer trl --data pairs.jsonl',
  ],
  flags: {
    size: {
      kind: 'string',
      value: 'NAME',
      help: `Shape of model and batch: ${Object.keys(SIZES).join(' or ')}; small when not given.`,
    },
    steps: {
      kind: 'integer',
      help: `Timed steps a round; ${SIZES.small.steps} for small, ${SIZES.medium.steps} for medium when not given.`,
    },
    rounds: { kind: 'integer', help: 'Rounds, each through everything; 3, or 5 with --peer.' },
    all: {
      kind: 'boolean',
      help: 'Also bf16 on a CPU that has no instructions for it.',
    },
    peer: {
      kind: 'string',
      value: 'NAME',
      help:
        'Also measure torch or trl, in a Python environment made in .venv-bench or in the one that ' +
        'PLUG_BENCH_PYTHON names; without a name torch, and with --data trl too.',
    },
    data: {
      kind: 'string',
      value: 'FILE',
      help: 'Training file for trl, such as JSON lines with instruction_en and instruction_zh.',
    },
    target: { kind: 'string', value: 'LANGUAGE', help: 'Target language in that file; zh when not given.' },
    limit: { kind: 'integer', help: 'Examples to take of it; 512 when not given.' },
    tokenizer: {
      kind: 'string',
      value: 'PATH',
      help: 'Tokenizer for that file; one is trained on it when not given.',
    },
    json: { kind: 'boolean', help: 'Print one JSON object, for programs.' },
  },
} satisfies Verb;

/** `--peer` may stand without a value. */
const named = (args: string[]) =>
  args.map((arg, i) =>
    arg === '--peer' && (args[i + 1]?.startsWith('--') ?? true) ? `--peer=${BOTH}` : arg,
  );
const BOTH = 'both';

/** What the flags ask for. @throws UserError for what does not fit together */
export function benchOptions(args: string[]): BenchOptions & { help: boolean; json: boolean; hint?: string } {
  const { flags } = parseFlags(named(args), VERB);
  const { help, json, all, peer } = flags;
  const name = flags.size ?? 'small';
  if (!Object.hasOwn(SIZES, name)) {
    throw new UserError(`--size must be ${Object.keys(SIZES).join(' or ')}, got ${JSON.stringify(name)}`);
  }
  const { steps: usual, ...size } = SIZES[name];
  if (peer !== undefined && !['torch', 'trl', BOTH].includes(peer)) {
    throw new UserError(`--peer must be torch or trl, or have no value, got ${JSON.stringify(peer)}`);
  }
  const { steps = usual, rounds = peer === undefined ? 3 : 5, limit = 512, target = 'zh' } = flags;
  for (const [flag, value] of Object.entries({ steps, rounds, limit })) {
    if (value < 1) throw new UserError(`--${flag} must be an integer >= 1, got ${value}`);
  }
  if (peer === 'trl' && flags.data === undefined && !help) {
    throw new UserError('--peer trl: expected text to train on, got none; give a file with --data FILE');
  }
  const trl = peer === 'trl' || (peer === BOTH && flags.data !== undefined);
  if (!trl) {
    for (const flag of ['data', 'target', 'limit', 'tokenizer'] as const) {
      if (flags[flag] !== undefined && !help) {
        throw new UserError(
          `--${flag}: expected --peer trl with it, got ${peer ? `--peer ${peer}` : 'none'}`,
        );
      }
    }
  }
  const path = (flag: 'data' | 'tokenizer') => {
    const given = flags[flag];
    if (given === undefined) return undefined;
    if (existsSync(fromCaller(given))) return fromCaller(given);
    throw new UserError(`--${flag}: expected a file, got none at ${given}`);
  };
  const data = trl ? path('data') : undefined;
  return {
    ...{ help, json, all, size, steps, rounds },
    torch: peer === 'torch' || peer === BOTH,
    ...(data !== undefined && { text: { data, target, limit, tokenizer: path('tokenizer') } }),
    textAlone: peer === 'trl',
    ...(peer === BOTH && !trl && { hint: 'TRL is left out: it trains on text, which --data FILE gives' }),
  };
}

/** The verb `bench`. */
export async function bench(args: string[]): Promise<number> {
  const { help, json, hint, ...options } = benchOptions(args);
  if (help) {
    console.log(verbHelp(VERB));
    return 0;
  }
  if (hint) console.error(hint);
  const result = await runBench({ ...options, note: (text) => console.error(text) });
  console.log(json ? JSON.stringify(result, null, 2) : benchText(result, options.rounds));
  return 0;
}
