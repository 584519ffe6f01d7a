/**
 * The texts that the parity run compares on: everything in the shared data, the golden file's hard texts, and random
 * ones over few characters and over all of Unicode. Each group bears the name that the report gives it.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { golden, randomTexts } from '../../test/tokenizer/support.ts';

/** Texts from one source. */
export interface Group {
  name: string;
  texts: string[];
}

/** The folder of shared data, or null where there is none. */
export function sharedFolder(): string | null {
  const folder = join(process.env.PLUG_SHARED ?? '../shared', 'data');
  return existsSync(folder) ? folder : null;
}

/** The objects of a file of JSON lines. */
export function readRows<T>(path: string): T[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}

type Fields = Record<string, string | undefined>;
interface Talk {
  persona: string[];
  dialogue: [string, string][];
}

/** Fields of `rows` whose name ends in the language code. */
function inLanguage(rows: Fields[], language: string): string[] {
  const names = (row: Fields) => Object.keys(row).filter((name) => name.endsWith(`_${language}`));
  return rows
    .flatMap((row) => names(row).map((name) => row[name]))
    .filter((text) => typeof text === 'string');
}

/** Every text of the shared data, by file and language. */
export function sharedTexts(folder: string): Group[] {
  const rows = <T>(...path: string[]) => readRows<T>(join(folder, ...path));
  const lines = (...path: string[]) =>
    readFileSync(join(folder, ...path), 'utf8')
      .trimEnd()
      .split('\n');
  const alpaca = rows<Fields>('train', 'alpaca_en_zh.jsonl');
  const mtbench = rows<Fields>('train', 'mtbench_en_ko.jsonl');
  const talks = rows<Record<string, Talk | undefined>>('train', 'xpersona_en_ko_it_zh.jsonl');
  const vicuna = rows<Fields>('evaluate', 'vicuna80_en_zh_ko_it_es.jsonl');
  const pairs = lines('parallel', 'tatoeba_en_ko.tsv').map((line) => line.split('\t'));
  return [
    ...['en', 'zh'].map((code) => ({ name: `alpaca ${code}`, texts: inLanguage(alpaca, code) })),
    ...['en', 'ko'].map((code) => ({ name: `mtbench ${code}`, texts: inLanguage(mtbench, code) })),
    ...['en', 'ko', 'it', 'zh'].map((code) => ({
      name: `xpersona ${code}`,
      texts: talks.flatMap((row) => [...(row[code]?.persona ?? []), ...(row[code]?.dialogue ?? []).flat()]),
    })),
    ...['eng', 'kor', 'zho-CN'].map((code) => ({
      name: `ntrex ${code}`,
      texts: lines('parallel', `ntrex_${code}.txt`),
    })),
    ...['en', 'ko'].map((code, i) => ({ name: `tatoeba ${code}`, texts: pairs.map((pair) => pair[i]) })),
    ...['en', 'zh', 'ko', 'it', 'es'].map((code) => ({
      name: `vicuna ${code}`,
      texts: inLanguage(vicuna, code),
    })),
  ];
}

/** Hard texts, at hand everywhere: the golden file's, and `count` random ones of each kind. */
export function hardTexts(count: number): Group[] {
  return [
    { name: 'golden hard texts', texts: golden.texts },
    { name: 'golden lines', texts: golden.lines },
    { name: 'random, few characters', texts: [...randomTexts(count, 11)] },
    { name: 'random, all of Unicode', texts: [...randomUnicode(count, 12)] },
  ];
}

/** `tokens` as a user might spell them: alone, inside words, and beside spaces and newlines. */
export function spelled(tokens: string[]): Group {
  const texts = tokens.flatMap((token) => [
    token,
    `a${token}b`,
    ` ${token} `,
    `${token}\n${token}${token}`,
    `한국어${token}中文`,
    token.slice(0, -1),
  ]);
  return { name: 'special tokens spelled', texts };
}

/** Random texts over every code point but surrogates, four in five from the first plane; the same for one `seed`. */
function* randomUnicode(count: number, seed: number): Generator<string> {
  let state = seed;
  const next = (below: number): number => {
    state = (state * 16807) % 2147483647;
    return state % below;
  };
  const character = (): string => {
    if (next(3) === 0) return 'a b\nc 1.'[next(8)];
    const code = next(5) === 0 ? next(0x110000) : next(0x10000);
    return code >= 0xd800 && code < 0xe000 ? ' ' : String.fromCodePoint(code);
  };
  for (let i = 0; i < count; i++) yield Array.from({ length: 1 + next(20) }, character).join('');
}
