/**
 * `make bench-tokenizers`: how fast our BPE trains, how long a tokenizer takes to load in a new process, and how fast it
 * encodes text that it has not seen, many texts at once and one after the other. Prints tables and writes
 * reports/tokenizer-throughput.json.
 *
 *     node --import tsx scripts/parity/throughput.ts [ROUNDS] [TOKENIZER …]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { writeJson } from '../../src/files.ts';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import { idsOf } from './compare.ts';
import { aligned } from './table.ts';
import { type Group, sharedFolder, sharedTexts } from './texts.ts';
import type { Training } from './training.ts';

const sampleBytes = 500_000;
const batchSize = 128;
const report = 'reports/tokenizer-throughput.json';
const languages = {
  English: /^(alpaca|mtbench) en/,
  Chinese: /^alpaca zh/,
  Korean: /^(mtbench|xpersona) ko/,
};

/** One tokenizer on text of one language: tokens a second, medians over the rounds. */
interface Line {
  tokenizer: string;
  language: string;
  tokens: number;
  /** Batches of many texts. */
  together: number;
  /** One text after the other. */
  single: number;
}

/** Loading in a process of its own, medians over the rounds. */
interface Start {
  tokenizer: string;
  milliseconds: number;
}

async function main(rounds: number, more: string[]): Promise<void> {
  const shared = sharedFolder();
  if (!shared) {
    console.log('No shared data: set PLUG_SHARED to the folder that holds data/.');
    process.exitCode = 1;
    return;
  }
  const root = mkdtempSync(join(tmpdir(), 'plug-throughput-'));
  try {
    const training = [train('repeated', join(root, 'own')), train('changed', join(root, 'changed'))];
    console.log(`${trainingTable(training)}\n`);
    const real = ['minimind_tokenizer.json', 'mistral_v1_tokenizer.model'];
    const paths = [...real.map((name) => join(shared, 'tokenizers', name)), join(root, 'own'), ...more];
    const starts = paths.map(
      (path): Start => ({ tokenizer: basename(path), milliseconds: load(path, rounds) }),
    );
    console.log(`Loading, ms, median of ${rounds} processes:\n${startTable(starts)}\n`);
    const groups = sharedTexts(shared);
    const encoding: Line[] = [];
    for (const path of paths) {
      for (const [language, names] of Object.entries(languages)) {
        encoding.push(await measure(path, language, sample(groups, names), rounds));
      }
    }
    console.log(`Tokens a second, median of ${rounds} rounds:\n${encodingTable(encoding)}`);
    await writeJson(report, { rounds, training, starts, encoding });
    console.log(`\nWritten: ${report}`);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** Trains in a process of its own, the tokenizer ending up in `folder`. */
function train(text: Training['text'], folder: string): Training {
  mkdirSync(folder);
  const script = new URL('training.ts', import.meta.url).pathname;
  return JSON.parse(run(['--import', 'tsx', script, text, folder]));
}

/** Milliseconds until the first text is encoded, modules loaded before. */
function load(path: string, rounds: number): number {
  const program = `
    const { loadTokenizer } = await import(${JSON.stringify(new URL('../../src/tokenizer/load.ts', import.meta.url).href)});
    const start = performance.now();
    (await loadTokenizer(process.argv[1])).encode('a');
    console.log(performance.now() - start);
  `;
  const times = Array.from({ length: rounds }, () =>
    Number(run(['--import', 'tsx', '--input-type=module', '-e', program, path])),
  );
  return Math.round(median(times));
}

const run = (args: string[]) => execFileSync(process.execPath, args, { encoding: 'utf8' });

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

/** Encodes `texts` by a new tokenizer each time, which remembers nothing; one round before to warm up. */
async function measure(path: string, language: string, texts: string[], rounds: number): Promise<Line> {
  const speeds: Record<'together' | 'single', number[]> = { together: [], single: [] };
  let tokens = 0;
  for (let round = -1; round < rounds; round++) {
    for (const way of ['together', 'single'] as const) {
      const tokenizer = await loadTokenizer(path);
      const size = way === 'together' ? batchSize : 1;
      const start = performance.now();
      tokens = 0;
      for (let at = 0; at < texts.length; at += size) {
        const batch = texts.slice(at, at + size);
        const ids = way === 'single' ? [tokenizer.encode(batch[0])] : await idsOf(tokenizer, batch, false);
        for (const one of ids) tokens += one.length;
      }
      if (round >= 0) speeds[way].push(tokens / ((performance.now() - start) / 1000));
    }
  }
  const [together, single] = [speeds.together, speeds.single].map((values) => Math.round(median(values)));
  return { tokenizer: basename(path), language, tokens, together, single };
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

const startTable = (starts: Start[]) =>
  aligned([['tokenizer', 'ms'], ...starts.map((one) => [one.tokenizer, String(one.milliseconds)])], 1);

function encodingTable(lines: Line[]): string {
  const heads = ['tokenizer', 'language', 'tokens', 'many texts at once', 'one by one'];
  const cells = lines.map(({ tokenizer, language, tokens, together, single }) => [
    tokenizer,
    language,
    ...[tokens, together, single].map((count) => count.toLocaleString('en')),
  ]);
  return aligned([heads, ...cells]);
}

await main(Number(process.argv[2] ?? 7), process.argv.slice(3));
