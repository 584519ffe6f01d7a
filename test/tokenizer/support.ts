/** The golden file that scripts/golden/tokenization.py wrote, and each tokenizer in it, ready to load. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { trainBpe, writeBpe } from '../../src/tokenizer/bpe.ts';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import type { TokenizerJson } from '../../src/tokenizer/tokenizerJson.ts';

interface Ids {
  /** Ids of each of `texts`, by the Python library; null where it is not followed. */
  ids: (number[] | null)[];
}
interface Golden {
  /** Text to train on. */
  lines: string[];
  /** Hard texts to encode. */
  texts: string[];
  own: Ids & { vocabSize: number; specialTokens: string[]; sha256: string };
  llamaLike: Ids & { json: TokenizerJson };
  metaspace: Ids & { json: TokenizerJson };
  sentencepieceBpe: Ids & { model: string; decoded: string[] };
  sentencepieceUnigram: Ids & { model: string; decoded: string[] };
  real: Record<string, Ids & { sha256: string }>;
}

export const golden: Golden = JSON.parse(
  readFileSync(new URL('../golden/tokenizers.json', import.meta.url), 'utf8'),
);

/** The folder of the two real tokenizers, where it is at hand. */
export const realFolder = join(process.env.PLUG_SHARED ?? '../shared', 'data', 'tokenizers');

/** One tokenizer of the golden file. */
export interface Case {
  name: string;
  ids: (number[] | null)[];
  /** Special tokens as they would be spelled in text, and their ids. */
  special: Record<string, number>;
  /** Every character comes back. */
  lossless: boolean;
  /** Loads it from `dir`, an empty folder. */
  load(dir: string): Promise<Tokenizer>;
}

/** Writes `files` into `dir` and loads it. */
export async function loadFiles(dir: string, files: Record<string, object | Buffer>): Promise<Tokenizer> {
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(dir, name), Buffer.isBuffer(content) ? content : JSON.stringify(content));
  }
  return loadTokenizer(dir);
}

const control = { '<s>': 1, '</s>': 2 };

export const cases: Case[] = [
  {
    name: 'byte-level BPE trained here',
    ids: golden.own.ids,
    special: { '<|endoftext|>': 0, '<|user|>': 1 },
    lossless: true,
    async load(dir) {
      await writeBpe(dir, trainBpe(golden.lines, golden.own));
      return loadTokenizer(dir);
    },
  },
  {
    name: 'tokenizer.json like that of Llama 2',
    ids: golden.llamaLike.ids,
    special: { '<unk>': 0, ...control },
    lossless: true,
    load: (dir) =>
      loadFiles(dir, {
        'tokenizer.json': golden.llamaLike.json,
        'tokenizer_config.json': { eos_token: '</s>' },
      }),
  },
  {
    name: 'tokenizer.json with Metaspace and Unigram',
    ids: golden.metaspace.ids,
    special: { '<pad>': 0, '</s>': 1 },
    lossless: false,
    load: (dir) =>
      loadFiles(dir, {
        'tokenizer.json': golden.metaspace.json,
        'tokenizer_config.json': { eos_token: '</s>' },
      }),
  },
  {
    name: 'SentencePiece BPE with byte fallback',
    ids: golden.sentencepieceBpe.ids,
    special: { '<unk>': 0, ...control },
    lossless: true,
    load: (dir) =>
      loadFiles(dir, { 'tokenizer.model': Buffer.from(golden.sentencepieceBpe.model, 'base64') }),
  },
  {
    name: 'SentencePiece Unigram',
    ids: golden.sentencepieceUnigram.ids,
    special: control,
    lossless: false,
    load: (dir) =>
      loadFiles(dir, { 'tokenizer.model': Buffer.from(golden.sentencepieceUnigram.model, 'base64') }),
  },
];

/** Random texts over letters of many scripts, marks, emoji, spaces and signs, the same for the same `seed`. */
export function* randomTexts(count: number, seed: number): Generator<string> {
  const alphabet = [
    ...'abcdefgh EOST  \n\n\t\r0123456789.,!?\'"-_()[]{}<>|/\\=+*&%$#@~^`',
    ...'àèéìòùñáíóú¿¡çü',
    ...'的一是不了人我在有他这中大来，。：？𠮷龘',
    ...'가나다라한국어응답쀍뷁똠ㅋㅠ',
    ...'\u0301\u0303\u0323\u200b\u200d\ufeff\u00a0\u3000\u0085\u00ad\u0000\u007f\ufe0f😀👍🏽🇰🇷ᄒᆞᆫ',
    "'s",
    "'ll",
    '</s>',
    '<|endoftext|>',
    'the',
    ' the',
    '   ',
  ];
  let state = seed >>> 0;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let i = 0; i < count; i++) {
    yield Array.from({ length: 1 + next(24) }, () => alphabet[next(alphabet.length)]).join('');
  }
}
