/**
 * Trains our BPE once on 20 MB of text, in a process of its own so that its peak memory can be read, and prints the
 * measurement as JSON. The shared text is shorter: it is gone through again, as it is (`repeated`) or with every letter
 * moved on by one code point (`changed`), which makes all its words new and the task harder than real text would.
 *
 *     node --import tsx scripts/parity/training.ts repeated|changed FOLDER
 */
import { trainBpe, wordPattern, writeBpe } from '../../src/tokenizer/bpe.ts';
import { WordCounter } from '../../src/tokenizer/bpeMerges.ts';
import { type Group, sharedFolder, sharedTexts } from './texts.ts';

/** What is printed. Times in seconds; the peak is of the whole process, text included. */
export interface Training {
  text: 'repeated' | 'changed';
  textBytes: number;
  vocabSize: number;
  distinctWords: number;
  seconds: number;
  peakMemoryBytes: number;
}

export const vocabSize = 8_000;
const wantedBytes = 20_000_000;

/** The shared texts, and again, until 20 MB are full. */
export function* trainingTexts(groups: Group[], changed: boolean): Generator<string> {
  const texts = groups.flatMap((group) => group.texts);
  let bytes = 0;
  for (let round = 0; ; round++) {
    for (const text of texts) {
      if (bytes >= wantedBytes) return;
      bytes += Buffer.byteLength(text);
      yield changed && round > 0 ? text.replace(/\p{L}/gu, (char) => moved(char, round)) : text;
    }
  }
}

function moved(char: string, by: number): string {
  return String.fromCodePoint((char.codePointAt(0) as number) + by);
}

async function main(text: Training['text'], folder: string): Promise<void> {
  const shared = sharedFolder();
  if (!shared) throw new Error('expected the shared data, got none; set PLUG_SHARED');
  const all = [...trainingTexts(sharedTexts(shared), text === 'changed')];
  const start = performance.now();
  const json = trainBpe(all, { vocabSize });
  const seconds = (performance.now() - start) / 1000;
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  await writeBpe(folder, json);
  const textBytes = all.reduce((sum, one) => sum + Buffer.byteLength(one), 0);
  const words = new WordCounter(wordPattern);
  for (const one of all) words.add(one);
  const distinctWords = words.counts.size;
  const training: Training = { text, textBytes, vocabSize, distinctWords, seconds, peakMemoryBytes };
  console.log(JSON.stringify(training));
}

if (import.meta.filename === process.argv[1])
  await main(process.argv[2] as Training['text'], process.argv[3]);
