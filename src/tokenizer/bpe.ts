/**
 * The project's own tokenizer: byte-level BPE, trained here and kept as a Hugging Face `tokenizer.json`. The merges are
 * found in `bpeMerges.ts`: from Node, the library's own trainer takes neither a vocabulary size nor special tokens.
 */

import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { writeFileWhole, writeJson } from '../files.ts';
import { findMerges, WordCounter } from './bpeMerges.ts';
import { byteCharacters } from './byteLevel.ts';
import { loadHuggingFace } from './huggingface.ts';
import { namedTokens } from './namedTokens.ts';
import type { Tokenizer } from './tokenizer.ts';
import type { Json, TokenizerFiles } from './tokenizerFiles.ts';
import type { TokenizerJson } from './tokenizerJson.ts';

/** The token that ends a turn, unless another is named. */
export const defaultEndToken = '<|endoftext|>';

/**
 * How text falls into words, within which pieces are built: letters with their marks and at most one other character
 * before them; single digits, so that numbers are spelled and not looked up; other signs; newlines; spaces. It follows
 * GPT-4's, with Qwen's digits, and with marks kept beside their letters, which GPT-4's parts. Oniguruma (Python) and
 * JavaScript read it alike.
 */
export const wordPattern =
  '[^\\r\\n\\p{L}\\p{M}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';

/** What to train. */
export interface BpeOptions {
  /** Ids in all: special tokens, 256 bytes, and one for each merge. Fewer come out where the text has no more pairs. */
  vocabSize: number;
  /** Tokens that take the first ids and are never found in text. Default: `<|endoftext|>` alone. */
  specialTokens?: string[];
  /** A pair seen less often is not merged. Default 2. */
  minFrequency?: number;
}

/**
 * Trains a byte-level BPE. Deterministic: of pairs seen equally often, the one with the lowest ids is merged first,
 * as in Python's `BpeTrainer`, whose merges come out the same.
 * @param texts read once, one by one; words do not go across two of them
 * @returns the JSON of a `tokenizer.json`
 */
export function trainBpe(texts: Iterable<string>, options: BpeOptions): TokenizerJson {
  const trainer = bpeTrainer(options);
  for (const text of texts) trainer.add(text);
  return trainer.train();
}

/** The same in two parts, for text that comes bit by bit: only the counts of its words are held. */
export function bpeTrainer(options: BpeOptions): { add(text: string): void; train(): TokenizerJson } {
  const { vocabSize, specialTokens = [defaultEndToken] } = options;
  const least = specialTokens.length + 256;
  if (!Number.isInteger(vocabSize) || vocabSize < least) {
    const why = `256 bytes and ${specialTokens.length} special tokens`;
    throw new UserError(`trainBpe: vocabSize must be an integer >= ${least} (${why}), got ${vocabSize}`);
  }
  if (new Set(specialTokens).size < specialTokens.length || specialTokens.includes('')) {
    throw new UserError(
      `trainBpe: specialTokens must be different and not empty, got ${JSON.stringify(specialTokens)}`,
    );
  }
  const words = new WordCounter(wordPattern);
  return { add: (text) => words.add(text), train: () => tokenizerOf(words.counts, options) };
}

function tokenizerOf(
  words: Map<string, number>,
  { vocabSize, specialTokens = [defaultEndToken], minFrequency = 2 }: BpeOptions,
): TokenizerJson {
  const tokens = [...specialTokens, ...byteCharacters.toSorted()];
  const byteIds = byteCharacters.map((char) => tokens.indexOf(char, specialTokens.length));
  const pairs = findMerges(words, byteIds, tokens.length, vocabSize, minFrequency);
  const merges = pairs.map(([left, right]) => {
    tokens.push(tokens[left] + tokens[right]);
    return [tokens[left], tokens[right]];
  });
  const plain = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  const split = { type: 'Split', pattern: { Regex: wordPattern }, behavior: 'Isolated', invert: false };
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: specialTokens.map((content, id) => ({ id, content, ...plain })),
    normalizer: null,
    pre_tokenizer: { type: 'Sequence', pretokenizers: [split, byteLevel] },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

/** The special tokens by their part. Unsaid: no begin token, `<|endoftext|>` to end, the end token to pad. */
export interface SpecialRoles {
  bos?: string;
  eos?: string;
  pad?: string;
}

/** Writes `tokenizer.json` and `tokenizer_config.json` into `dir`, for `loadTokenizer(dir)` and for Python. */
export async function writeBpe(dir: string, json: TokenizerJson, roles: SpecialRoles = {}): Promise<void> {
  const config = configOf(json, roles);
  await writeFileWhole(join(dir, 'tokenizer.json'), stringify(opened(json, roles)));
  await writeJson(join(dir, 'tokenizer_config.json'), config);
}

/** The tokenizer of a trained `json`, with no file written. */
export async function bpeTokenizer(json: TokenizerJson, roles: SpecialRoles = {}): Promise<Tokenizer> {
  const bytes = new TextEncoder().encode(stringify(opened(json, roles)));
  const files: TokenizerFiles = {
    main: 'trained BPE',
    bytes,
    config: configOf(json, roles),
    beside: new Map(),
  };
  return loadHuggingFace(files, namedTokens(files));
}

/** `json` with the begin token before every text: the post-processor says so, not tokenizer_config.json. */
function opened(json: TokenizerJson, { bos }: SpecialRoles): TokenizerJson {
  const id = json.added_tokens.find(({ content }) => content === bos)?.id;
  if (bos === undefined || id === undefined) return json;
  const begin = { SpecialToken: { id: bos, type_id: 0 } };
  const single = [begin, { Sequence: { id: 'A', type_id: 0 } }];
  const pair = [...single, { Sequence: { id: 'B', type_id: 0 } }];
  const special_tokens = { [bos]: { id: bos, ids: [id], tokens: [bos] } };
  return { ...json, post_processor: { type: 'TemplateProcessing', single, pair, special_tokens } };
}

function stringify(json: TokenizerJson): string {
  return `${JSON.stringify(json, null, 1)}\n`;
}

/** The tokenizer_config.json that goes with `json`. */
function configOf(json: TokenizerJson, roles: SpecialRoles): Json {
  const { bos, eos = defaultEndToken, pad = eos } = roles;
  for (const token of [bos, eos, pad]) {
    if (token === undefined || json.added_tokens.some(({ content }) => content === token)) continue;
    const got = json.added_tokens.map((one) => one.content).join(', ') || 'none';
    throw new UserError(
      `trainBpe: specialTokens must hold ${token}, got ${got}; add it there or name another`,
    );
  }
  return {
    tokenizer_class: 'PreTrainedTokenizerFast',
    add_bos_token: bos !== undefined,
    add_eos_token: false,
    bos_token: bos ?? null,
    eos_token: eos,
    pad_token: pad,
    clean_up_tokenization_spaces: false,
  };
}
