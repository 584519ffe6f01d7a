/**
 * From a recipe to its tokenizer and its tokenized examples, free of tensors: what training, and showing what will be
 * trained, both begin with. Files are gone over row by row and tokens go to the cache, so memory stays flat however
 * much there is: one pass finds which examples are held out, one trains a tokenizer where none is given, one tokenizes.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tokenizerDir } from '../checkpoint/adapterConfig.ts';
import { writeJson } from '../files.ts';
import { hashShare } from '../hash.ts';
import { renderChat } from '../methods/parts/chat.ts';
import type { Example, LanguageCode } from '../methods/parts/example.ts';
import type { LanguagePair } from '../methods/parts/segment.ts';
import type { Recipe } from '../recipe/schema.ts';
import { bpeTokenizer, bpeTrainer, writeBpe } from '../tokenizer/bpe.ts';
import { loadTokenizer } from '../tokenizer/load.ts';
import { roundUpLength } from './batches/batch.ts';
import { type Cache, openCache } from './cache.ts';
import { type DataStats, emptyTargetStats, type TargetStats, totalStats } from './dataStats.ts';
import { emptyRowStats } from './examples/load.ts';
import { type ChatTokenizer, withChat } from './tokens/chatTokenizer.ts';
import { type FitOptions, sequencesOf } from './tokens/dataset.ts';
import {
  fileWriter,
  memoryWriter,
  openSequences,
  type Sequences,
  type SequenceWriter,
} from './tokens/sequences.ts';
import { type Task, tokenize } from './tokens/tokenize.ts';
import { examplesOf, heldOutBound, type Side, type View, viewOf } from './view.ts';

/** A validation example as it was read, to ask a model. */
export interface HeldOut {
  pair: LanguagePair;
  example: Example;
}

/** What is known of prepared data besides the sequences themselves. */
interface About {
  /** The first validation examples of each target. */
  heldOut: HeldOut[];
  dataStats: DataStats;
  /** Hash of the encoded training data: a run resumes only on the same. */
  fingerprint: string;
}

export interface PreparedData extends About, Record<Side, Sequences> {
  tokenizer: ChatTokenizer;
}

export interface PrepareDataOptions {
  /** Longest sequence, where a model says more of it than the recipe. */
  maxSeqLen?: number;
  /** Directory to take the tokenizer from, in place of what the recipe says (for resuming). */
  from?: string;
  note?: View['note'];
}

/** Held-out examples of each target that are kept as text. */
const HELD_OUT_KEPT = 32;

const count = (value: number) => value.toLocaleString('en');

/** Tokens of the longest sequence to train on. @param readable that the model in model.from can read */
export function longestSequence({ model }: Recipe, readable?: number): number {
  return Math.min(model.maxSeqLen ?? readable ?? 256, readable ?? Number.POSITIVE_INFINITY);
}

/** Places of a row of packed sequences at least, where the model can read so many. */
const LEAST_PLACES = 256;

/**
 * Length of the longest of some sequences, and places of a row that packs them. Models read far longer texts than most
 * data have, so where the recipe does not say, rows of a model from elsewhere are as long as the data.
 * @param most tokens that a sequence may have: see `longestSequence`
 */
export function rowLength(
  { model }: Recipe,
  most: number,
  { train, validation }: Record<Side, Pick<Sequences, 'lengths'>>,
): { longest: number; maxSeqLen: number } {
  const longestOf = (lengths: Int32Array) => lengths.reduce((most, length) => Math.max(most, length), 0);
  // The last token of a sequence is only a target and takes no place.
  const longest = Math.max(1, longestOf(train.lengths) - 1, longestOf(validation.lengths) - 1);
  const byModel = model.maxSeqLen !== undefined || model.from === undefined;
  return {
    longest,
    maxSeqLen: byModel ? most : Math.min(most, Math.max(LEAST_PLACES, roundUpLength(longest))),
  };
}

/** @throws UserError for anything in the recipe's files that does not fit */
export async function prepareData(recipe: Recipe, options: PrepareDataOptions = {}): Promise<PreparedData> {
  const view = await viewOf(recipe, options.note);
  const cache = await openCache(view.files);
  const tokenizer = await findTokenizer(view, cache, options.from);
  const fitting = {
    maxSeqLen: options.maxSeqLen ?? longestSequence(recipe),
    truncation: recipe.data.truncation,
  };
  if (!cache) {
    const writers = { train: memoryWriter(), validation: memoryWriter() };
    const about = await tokenizeAll(view, tokenizer, fitting, writers);
    const [train, validation] = [writers.train.sequences(), writers.validation.sequences()];
    return { tokenizer, train, validation, ...about };
  }
  const entry = await cache.entry([view.settings, tokenizer.fingerprint, fitting], async (dir) => {
    const [train, validation] = [fileWriter(join(dir, 'train')), fileWriter(join(dir, 'validation'))];
    const about = await tokenizeAll(view, tokenizer, fitting, { train, validation }).catch(async (error) => {
      await Promise.allSettled([train.finish(), validation.finish()]);
      throw error;
    });
    await writeJson(join(dir, 'about.json'), about);
  });
  const about: About = JSON.parse(await readFile(join(entry, 'about.json'), 'utf8'));
  const [train, validation] = ['train', 'validation'].map((side) => openSequences(join(entry, side)));
  return { tokenizer, train, validation, ...about };
}

/** The tokenizer of the model at hand, of the recipe, or else one trained on the very text to be learned. */
export async function findTokenizer(view: View, cache: Cache | null, from?: string): Promise<ChatTokenizer> {
  return withChat(await bareTokenizer(view, cache, from), view.recipe.method.chat);
}

async function bareTokenizer(view: View, cache: Cache | null, from?: string): Promise<ChatTokenizer> {
  const { recipe, settings } = view;
  const path = from ?? recipe.tokenizer.path ?? recipe.model.from;
  if (path) return loadTokenizer(await tokenizerDir(path));
  if (!cache) return bpeTokenizer(await trainTokenizer(view));
  const entry = await cache.entry(['tokenizer', settings, recipe.tokenizer.vocabSize], async (dir) =>
    writeBpe(dir, await trainTokenizer(view)),
  );
  return loadTokenizer(entry);
}

/** A byte-level BPE of the training text, held-out examples left out. */
async function trainTokenizer(view: View) {
  const bound = await heldOutBound(view);
  const trainer = bpeTrainer({ vocabSize: view.recipe.tokenizer.vocabSize });
  let done = 0;
  for (const settings of view.targets) {
    for await (const example of examplesOf(view, settings, 'train')) {
      if (hashShare(example.id) < bound) continue;
      if (done++ % 1000 === 0) view.note(`counting words for the tokenizer, ${count(done)} examples …`);
      for (const segments of view.method.segments(example, settings)) {
        for (const { parts } of renderChat(segments)) trainer.add(parts.map(({ text }) => text).join(''));
      }
    }
  }
  view.note('training the tokenizer …');
  return trainer.train();
}

/** Tokenizes all examples of the recipe into `writers`. */
async function tokenizeAll(
  view: View,
  tokenizer: ChatTokenizer,
  fitting: FitOptions,
  writers: Record<Side, SequenceWriter>,
): Promise<About> {
  const bound = await heldOutBound(view);
  const byTarget: Record<LanguageCode, TargetStats> = {};
  const heldOut: HeldOut[] = [];
  async function* tasks(): AsyncGenerator<Task> {
    for (const [group, settings] of view.targets.entries()) {
      const stats = emptyTargetStats();
      byTarget[settings.target] = stats;
      let kept = 0;
      for (const from of ['train', 'validation'] as const) {
        const rows = from === 'train' ? stats.rows : emptyRowStats();
        for await (const example of examplesOf(view, settings, from, rows)) {
          const side = from === 'validation' || hashShare(example.id) < bound ? 'validation' : 'train';
          if (side === 'validation' && kept++ < HELD_OUT_KEPT) {
            heldOut.push({ pair: { target: settings.target, pivot: settings.pivot }, example });
          }
          const sequences = sequencesOf(example, view.method, settings);
          stats[side].maxTurns = Math.max(stats[side].maxTurns, sequences.length);
          const to = { writer: writers[side], stats: stats[side] };
          for (const sequence of sequences) yield { ...sequence, group, to };
        }
      }
    }
  }
  await tokenize(tasks(), tokenizer, fitting, (done) => view.note(`tokenizing, ${count(done)} sequences …`));
  const fingerprint = (await writers.train.finish()).slice(0, 16);
  await writers.validation.finish();
  return { heldOut, dataStats: totalStats(byTarget), fingerprint };
}
