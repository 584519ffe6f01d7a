/**
 * The tokenizers that are compared, each in a folder that our own `save` wrote and Python reads, with its peers and
 * the texts on which a peer is known to go another way.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainBpe, wordPattern, writeBpe } from '../../src/tokenizer/bpe.ts';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { cases } from '../../test/tokenizer/support.ts';
import { type Aside, spacesFirst, spellsSpecial, tied } from './aside.ts';
import type { Python } from './python.ts';

/** A Python library that does the same. */
export interface Peer {
  name: string;
  /** Which loader of `peers.py` it takes. */
  kind: 'tokenizers' | 'transformers' | 'llama' | 'llama_by_score' | 'sentencepiece';
  /** Texts that it is known to treat otherwise. */
  aside?: Aside;
}

/** One tokenizer to compare. */
export interface Subject {
  name: string;
  tokenizer: Tokenizer;
  folder: string;
  /** Special tokens as text could spell them. */
  special: Record<string, number>;
  /** Whether a text comes back unchanged. */
  lossless(text: string): boolean;
  peers: Peer[];
  /** One of the golden file's small ones, for which fewer texts do. */
  small?: boolean;
}

const ofJson = (aside?: Aside): Peer[] => [
  { name: 'tokenizers', kind: 'tokenizers', aside },
  { name: 'transformers AutoTokenizer', kind: 'transformers', aside },
];
const ofModel: Peer[] = [{ name: 'sentencepiece', kind: 'sentencepiece' }];
const llama: Peer[] = [
  { name: 'AutoTokenizer: LlamaTokenizer', kind: 'llama', aside: spacesFirst },
  { name: 'LlamaTokenizer, merges by score', kind: 'llama_by_score' },
];

/** A ▁ in text is a space to SentencePiece, and to files made from it. */
const noBlock = (text: string) => !text.includes('▁');
const always = () => true;
const never = () => false;

/** The small tokenizers of the golden file. They need nothing but the project. */
export async function goldenSubjects(root: string, python: Python): Promise<Subject[]> {
  const [own, llamaLike, metaspace, modelBpe, modelUnigram] = await Promise.all(
    cases.map(async (one) => {
      const folder = newFolder(root, one.name);
      return {
        name: `golden: ${one.name}`,
        tokenizer: await one.load(folder),
        folder,
        special: one.special,
        small: true,
      };
    }),
  );
  await python.ask({ load: 'unigram', kind: 'sentencepiece', folder: modelUnigram.folder });
  const { scores } = await python.ask<{ scores: number[] }>({ scores: 'unigram' });
  return [
    { ...own, lossless: always, peers: ofJson() },
    { ...llamaLike, lossless: noBlock, peers: ofJson() },
    { ...metaspace, lossless: never, peers: ofJson(spellsSpecial(Object.keys(metaspace.special))) },
    { ...modelBpe, lossless: noBlock, peers: ofModel },
    {
      ...modelUnigram,
      lossless: never,
      peers: ofModel.map((peer) => ({ ...peer, aside: tied(scores) })),
    },
  ];
}

/** The real tokenizers of the shared data, and the pieces of the .model as a tokenizer.json. */
export async function realSubjects(root: string, shared: string, python: Python): Promise<Subject[]> {
  const minimindPath = join(shared, 'tokenizers', 'minimind_tokenizer.json');
  const minimind = await saved(root, 'minimind', minimindPath);
  const mistral = await saved(root, 'mistral', join(shared, 'tokenizers', 'mistral_v1_tokenizer.model'));
  const jsonFolder = newFolder(root, 'mistral as json');
  await python.ask({ saveLlamaAsJson: { folder: mistral.folder, into: jsonFolder } });
  const control = { '<s>': 1, '</s>': 2 };
  return [
    {
      name: 'minimind_tokenizer.json',
      ...minimind,
      special: { '<|endoftext|>': 0, '<|im_start|>': 1, '<|im_end|>': 2, '<tts_pad>': 17 },
      lossless: always,
      peers: ofJson(),
    },
    {
      name: 'mistral_v1_tokenizer.model',
      ...mistral,
      special: { '<unk>': 0, ...control },
      lossless: noBlock,
      peers: [...ofModel, ...llama],
    },
    {
      name: 'mistral_v1 as tokenizer.json',
      tokenizer: await loadTokenizer(jsonFolder),
      folder: jsonFolder,
      special: { '<unk>': 0, ...control },
      lossless: noBlock,
      peers: ofJson(),
    },
  ];
}

/**
 * Our own BPE, trained here on `texts`; Python's trainer gets the same texts.
 * @returns the tokenizer, and whether Python found the same merges
 */
export async function ownSubject(
  root: string,
  texts: string[],
  vocabSize: number,
  python: Python,
): Promise<{ subject: Subject; sameMerges: boolean; merges: number }> {
  const specialTokens = ['<|endoftext|>', '<|user|>'];
  const json = trainBpe(texts, { vocabSize, specialTokens });
  const folder = newFolder(root, `own ${vocabSize}`);
  await writeBpe(folder, json);
  const lines = join(folder, 'texts.jsonl');
  writeFileSync(lines, texts.map((text) => `${JSON.stringify(text)}\n`).join(''));
  const options = { lines, vocabSize, specialTokens, pattern: wordPattern };
  const { merges } = await python.ask<{ merges: unknown }>({ trainBpe: options });
  return {
    subject: {
      name: `own BPE, ${vocabSize} pieces`,
      tokenizer: await loadTokenizer(folder),
      folder,
      special: { '<|endoftext|>': 0, '<|user|>': 1 },
      lossless: always,
      peers: ofJson(),
    },
    sameMerges: JSON.stringify(merges) === JSON.stringify(json.model.merges),
    merges: (json.model.merges as unknown[]).length,
  };
}

async function saved(root: string, name: string, path: string) {
  const tokenizer = await loadTokenizer(path);
  const folder = newFolder(root, name);
  await tokenizer.save(folder);
  return { tokenizer, folder };
}

function newFolder(root: string, name: string): string {
  const folder = join(root, name.replaceAll(' ', '-'));
  mkdirSync(folder);
  return folder;
}
