/**
 * `make bench-tokenizers`: how fast our BPE trains, and how fast each kind of tokenizer encodes beside the plain
 * library under it, in one process by turns. Prints tables and writes reports/tokenizer-throughput.json.
 *
 *     node --import tsx scripts/parity/throughput.ts [ROUNDS]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PreTrainedTokenizer } from '@xenova/transformers';
import sentencepiece from 'sentencepiece-js';
import { writeJson } from '../../src/files.ts';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import { aligned } from './table.ts';
import { type Group, sharedFolder, sharedTexts } from './texts.ts';
import type { Training } from './training.ts';

const sampleBytes = 500_000;
const report = 'reports/tokenizer-throughput.json';
const languages = {
  English: /^(alpaca|mtbench) en/,
  Chinese: /^alpaca zh/,
  Korean: /^(mtbench|xpersona) ko/,
};

type Encode = (text: string) => number[];

/** One kind of tokenizer, by us and by the plain library; each call makes it anew, with nothing remembered. */
interface Kind {
  name: string;
  ours(): Promise<Encode>;
  library(): Promise<Encode>;
}

/** Tokens a second, medians over the rounds; the ratio is the median of the rounds' ratios. */
interface Speed {
  ours: number;
  library: number;
  ratio: number;
}

/** One tokenizer on text of one language. */
interface Line {
  tokenizer: string;
  language: string;
  tokens: number;
  /** Text that the tokenizer has not seen. */
  firstTime: Speed;
  /** The same text again. */
  repeated: Speed;
}

async function main(rounds: number): Promise<void> {
  const shared = sharedFolder();
  if (!shared) {
    console.log('No shared data: set PLUG_SHARED to the folder that holds data/.');
    process.exitCode = 1;
    return;
  }
  const root = mkdtempSync(join(tmpdir(), 'plug-throughput-'));
  try {
    const training = [train('repeated', join(root, 'repeated')), train('changed', join(root, 'changed'))];
    console.log(`${trainingTable(training)}\n`);
    const kinds = [
      fromJson('minimind_tokenizer.json', join(shared, 'tokenizers', 'minimind_tokenizer.json')),
      fromModel('mistral_v1_tokenizer.model', join(shared, 'tokenizers', 'mistral_v1_tokenizer.model')),
      fromJson('own BPE, 8000 pieces', join(root, 'repeated', 'tokenizer.json')),
    ];
    const groups = sharedTexts(shared);
    const encoding: Line[] = [];
    for (const kind of kinds) {
      for (const [language, names] of Object.entries(languages)) {
        encoding.push(await measure(kind, language, sample(groups, names), rounds));
      }
    }
    console.log(`Tokens a second on one core, median of ${rounds} rounds:\n${encodingTable(encoding)}`);
    await writeJson(report, { rounds, training, encoding });
    console.log(`\nWritten: ${report}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Trains in a process of its own, the tokenizer ending up in `folder`. */
function train(text: Training['text'], folder: string): Training {
  mkdirSync(folder);
  const script = new URL('training.ts', import.meta.url).pathname;
  return JSON.parse(
    execFileSync(process.execPath, ['--import', 'tsx', script, text, folder], { encoding: 'utf8' }),
  );
}

function fromJson(name: string, path: string): Kind {
  const json = JSON.parse(readFileSync(path, 'utf8'));
  return {
    name,
    ours: async () => (await ours(path)).encode,
    async library() {
      const tokenizer = new PreTrainedTokenizer(json, {});
      return (text) => tokenizer.encode(text, { add_special_tokens: false });
    },
  };
}

function fromModel(name: string, path: string): Kind {
  const processor = new sentencepiece.SentencePieceProcessor();
  const loaded = processor.load(path); // once: it remembers nothing
  return {
    name,
    ours: async () => (await ours(path)).encode,
    async library() {
      await loaded;
      return (text) => processor.encodeIds(text);
    },
  };
}

async function ours(path: string): Promise<{ encode: Encode }> {
  const tokenizer = await loadTokenizer(path);
  return { encode: (text) => tokenizer.encode(text) };
}

/** Texts of the groups that `names` picks, a share of each, up to `sampleBytes`. */
function sample(groups: Group[], names: RegExp): string[] {
  const picked = groups.filter((group) => names.test(group.name));
  return picked.flatMap(({ texts }) => {
    let left = sampleBytes / picked.length;
    return texts.filter((text) => {
      left -= Buffer.byteLength(text);
      return text !== '' && left > 0;
    });
  });
}

/** First and repeated encoding of `texts`, ours and the library's by turns; one round before to warm up. */
async function measure(kind: Kind, language: string, texts: string[], rounds: number): Promise<Line> {
  const speeds: Record<'first' | 'again', Record<'ours' | 'library', number[]>> = {
    first: { ours: [], library: [] },
    again: { ours: [], library: [] },
  };
  let tokens = 0;
  for (let round = -1; round < rounds; round++) {
    for (const side of round % 2 === 0 ? (['ours', 'library'] as const) : (['library', 'ours'] as const)) {
      const encode = await kind[side]();
      for (const time of ['first', 'again'] as const) {
        const start = performance.now();
        tokens = 0;
        for (const text of texts) tokens += encode(text).length;
        if (round >= 0) speeds[time][side].push(tokens / ((performance.now() - start) / 1000));
      }
    }
  }
  const speed = ({ ours, library }: Record<'ours' | 'library', number[]>): Speed => ({
    ours: Math.round(median(ours)),
    library: Math.round(median(library)),
    ratio: Number(median(ours.map((one, i) => one / library[i])).toFixed(2)),
  });
  const [firstTime, repeated] = [speed(speeds.first), speed(speeds.again)];
  return { tokenizer: kind.name, language, tokens, firstTime, repeated };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function trainingTable(training: Training[]): string {
  const heads = ['training our BPE', 'text', 'pieces', 'distinct words', 'time', 'peak memory'];
  const cells = training.map((one) => [
    `${one.text} text`,
    `${(one.textBytes / 1e6).toFixed(1)} MB`,
    one.vocabSize.toLocaleString('en'),
    one.distinctWords.toLocaleString('en'),
    `${one.seconds.toFixed(1)} s`,
    `${(one.peakMemoryBytes / 1e6).toFixed(0)} MB`,
  ]);
  return aligned([heads, ...cells], 1);
}

function encodingTable(lines: Line[]): string {
  const heads = ['tokenizer', 'language', 'tokens', 'first time: ours', 'library', 'ratio'];
  const cells = lines.map(({ tokenizer, language, tokens, firstTime, repeated }) => [
    tokenizer,
    language,
    ...[tokens, firstTime.ours, firstTime.library].map((count) => count.toLocaleString('en')),
    firstTime.ratio.toFixed(1),
    ...[repeated.ours, repeated.library].map((count) => count.toLocaleString('en')),
    repeated.ratio.toFixed(1),
  ]);
  return aligned([[...heads, 'again: ours', 'library', 'ratio'], ...cells]);
}

await main(Number(process.argv[2] ?? 7));
