/**
 * `npm run bench`: how fast a training step is, and how much memory it takes, beside PyTorch and TRL where asked.
 * It reads the flags and prints; `src/bench/` measures.
 */
import { existsSync } from 'node:fs';
import {
  type BenchOptions,
  type BenchResult,
  type GenerateBenchOptions,
  runBench,
  runGenerateBench,
} from '../bench/runBench.ts';
import { GENERATION_SIZES, NEW_TOKENS, SIZES } from '../bench/sizes.ts';
import { benchText } from '../bench/table.ts';
import { UserError } from '../errors.ts';
import { note } from '../note.ts';
import { fromCaller } from '../paths.ts';
import { needOne, parseFlags, type Verb } from './flags.ts';
import { verbHelp } from './help.ts';

const VERB = {
  name: 'bench',
  summary: 'Measure a training step, or generation: tokens a second, peak memory, and the time of the first.',
  examples: [
    'npm run bench',
    'npm run bench -- --size medium --json',
    'npm run bench -- --peer torch',
    'npm run bench -- --peer trl --data pairs.jsonl',
    'npm run bench -- generate --peer',
    'npm run bench -- generate --size 124m',
  ],
  positionals: 'generate: measures generation, beside transformers with --peer',
  flags: {
    size: {
      kind: 'string',
      value: 'NAME',
      help:
        `Shape of model and batch: ${Object.keys(SIZES).join(', ')} (for a GPU); small when not given. ` +
        `Of generation: ${Object.keys(GENERATION_SIZES).join(' or ')}; the first when not given.`,
    },
    steps: {
      kind: 'integer',
      help: `Timed steps a round; ${Object.entries(SIZES)
        .map(([name, { steps }]) => `${steps} for ${name}`)
        .join(', ')} when not given. Of generation: texts; 2.`,
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
export function benchOptions(args: string[]): BenchOptions & { json: boolean; hint?: string } {
  const { flags } = parseFlags(named(args), VERB);
  const { json, all, peer } = flags;
  const { steps: usual, ...size } = sizeOf(SIZES, flags.size);
  if (peer !== undefined && !['torch', 'trl', BOTH].includes(peer)) {
    throw new UserError(`--peer must be torch or trl, or have no value, got ${JSON.stringify(peer)}`);
  }
  const { steps = usual, rounds = peer === undefined ? 3 : 5, limit = 512, target = 'zh' } = flags;
  needOne(VERB, { steps, rounds, limit });
  if (peer === 'trl' && flags.data === undefined) {
    throw new UserError('--peer trl: expected text to train on, got none; give a file with --data FILE');
  }
  const trl = peer === 'trl' || (peer === BOTH && flags.data !== undefined);
  if (!trl) refuseText(flags, peer ? `--peer ${peer}` : 'none');
  const path = (flag: 'data' | 'tokenizer') => {
    const given = flags[flag];
    if (given === undefined) return undefined;
    if (existsSync(fromCaller(given))) return fromCaller(given);
    throw new UserError(`--${flag}: expected a file, got none at ${given}`);
  };
  const data = trl ? path('data') : undefined;
  return {
    ...{ json, all, size, steps, rounds },
    torch: peer === 'torch' || peer === BOTH,
    ...(data !== undefined && { text: { data, target, limit, tokenizer: path('tokenizer') } }),
    textAlone: peer === 'trl',
    ...(peer === BOTH && !trl && { hint: 'TRL is left out: it trains on text, which --data FILE gives' }),
  };
}

/** What the flags behind `generate` ask for. @throws UserError for those of training */
export function generateBenchOptions(args: string[]): GenerateBenchOptions {
  const { flags, positionals } = parseFlags(named(args), VERB);
  const { all, peer, steps: repeats = 2, rounds = peer === undefined ? 3 : 5 } = flags;
  if (positionals.length !== 1 || positionals[0] !== 'generate') {
    throw new UserError(`bench: expected generate or nothing before the flags, got ${positionals.join(' ')}`);
  }
  refuseText(flags, 'generate');
  if (peer !== undefined && ![BOTH, 'transformers'].includes(peer)) {
    throw new UserError(
      `--peer must be transformers, or have no value, behind generate, got ${JSON.stringify(peer)}`,
    );
  }
  needOne(VERB, { steps: repeats, rounds });
  const size = sizeOf(GENERATION_SIZES, flags.size);
  return { size, rounds, all, repeats, peer: peer !== undefined, newTokens: NEW_TOKENS };
}

/** Refuses the flags that say which text to train on. */
function refuseText(flags: { [Flag in (typeof TEXT_FLAGS)[number]]?: unknown }, got: string): void {
  const given = TEXT_FLAGS.find((flag) => flags[flag] !== undefined);
  if (given) throw new UserError(`--${given}: expected --peer trl with it, got ${got}`);
}
const TEXT_FLAGS = ['data', 'target', 'limit', 'tokenizer'] as const;

/** The size called `name`, or the first. */
function sizeOf<Size>(sizes: Record<string, Size>, name = Object.keys(sizes)[0]): Size {
  if (Object.hasOwn(sizes, name)) return sizes[name];
  throw new UserError(`--size must be ${Object.keys(sizes).join(' or ')}, got ${JSON.stringify(name)}`);
}

/** The verb `bench`. */
export async function bench(args: string[]): Promise<number> {
  const { flags, positionals } = parseFlags(named(args), VERB);
  if (flags.help) {
    console.log(verbHelp(VERB, flags.help));
    return 0;
  }
  const print = (result: BenchResult, rounds: number) =>
    console.log(flags.json ? JSON.stringify(result, null, 2) : benchText(result, rounds));
  if (positionals.length > 0) {
    const options = generateBenchOptions(args);
    print(await runGenerateBench({ ...options, note }), options.rounds);
    return 0;
  }
  const { hint, ...options } = benchOptions(args);
  if (hint) note(hint);
  print(await runBench({ ...options, note }), options.rounds);
  return 0;
}
