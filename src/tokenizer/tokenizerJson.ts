/**
 * The parts of a Hugging Face `tokenizer.json` that this project reads and writes, and the changed copies of it that
 * the library is given for encoding. `huggingface.ts` runs them; `bpe.ts` makes such a file.
 */
import type { Json } from './tokenizerFiles.ts';

/** A token added to the model's own vocabulary. Special ones are left out of decoded text. */
export interface AddedToken {
  id: number;
  content: string;
  single_word: boolean;
  lstrip: boolean;
  rstrip: boolean;
  normalized: boolean;
  special: boolean;
}

/** A part of the pipeline: `type` and its settings. */
export type Part = Json & { type: string };

/** The JSON of a `tokenizer.json`. */
export interface TokenizerJson {
  version: string;
  truncation: null;
  padding: null;
  added_tokens: AddedToken[];
  normalizer: Part | null;
  pre_tokenizer: Part | null;
  post_processor: Part | null;
  decoder: Part | null;
  /** `vocab` is an object from token to id, or for Unigram an array of [token, score]. */
  model: Json & { type: string; vocab: Record<string, number> | [string, number][] };
}

/** Highest id of `json` plus one: models and added tokens together. */
export function countIds(json: TokenizerJson): number {
  const { vocab } = json.model;
  let highest = Array.isArray(vocab) ? vocab.length - 1 : -1;
  if (!Array.isArray(vocab)) for (const id of Object.values(vocab)) highest = Math.max(highest, id);
  for (const token of json.added_tokens) highest = Math.max(highest, token.id);
  return highest + 1;
}

/** Id of `token`, or null. */
export function tokenId(json: TokenizerJson, token: string): number | null {
  const added = json.added_tokens.find((one) => one.content === token);
  if (added) return added.id;
  const { vocab } = json.model;
  const id = Array.isArray(vocab) ? vocab.findIndex(([piece]) => piece === token) : vocab[token];
  return id === undefined || id < 0 ? null : id;
}

/** Text of token `id`, or null. */
export function tokenText(json: TokenizerJson, id: number): string | null {
  const added = json.added_tokens.find((one) => one.id === id);
  if (added) return added.content;
  const { vocab } = json.model;
  if (Array.isArray(vocab)) return vocab[id]?.[0] ?? null;
  return Object.keys(vocab).find((token) => vocab[token] === id) ?? null;
}

/**
 * A copy of `json` for encoding plain text: special tokens are no longer looked for in it, as with
 * `split_special_tokens=True` in Python, and none are put around it. A Unigram model could still find them among its
 * pieces, so there they get a name that no text has.
 */
export function forPlainText(json: TokenizerJson, special: ReadonlySet<number>): TokenizerJson {
  const { model } = json;
  const { vocab } = model;
  const hidden = (id: number) => special.has(id) && id !== model.unk_id;
  const pieces = Array.isArray(vocab)
    ? vocab.map(([piece, score], id): [string, number] => [hidden(id) ? `\uffff${id}\uffff` : piece, score])
    : vocab;
  return {
    ...json,
    added_tokens: json.added_tokens.filter((token) => !special.has(token.id)),
    pre_tokenizer: json.pre_tokenizer && stateSplit(mapParts(json.pre_tokenizer, statePrefix)),
    post_processor: null,
    model: { ...model, vocab: pieces },
  };
}

/** A copy of `json` that puts no word-start marker before the text; `json` itself where it never does. */
export function forContinuing(json: TokenizerJson): TokenizerJson {
  const normalizer =
    json.normalizer && mapParts(json.normalizer, (part) => (part.type === 'Prepend' ? null : part));
  const preTokenizer = json.pre_tokenizer && mapParts(json.pre_tokenizer, withoutPrefix);
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (same(normalizer, json.normalizer) && same(preTokenizer, json.pre_tokenizer)) return json;
  return { ...json, normalizer, pre_tokenizer: preTokenizer };
}

/** Whether a word-start marker is put before each text between special tokens, not before the first alone. */
export function marksSections(json: TokenizerJson): boolean {
  let found = false;
  const look = (part: Part) => {
    const prefixed = part.type === 'ByteLevel' && part.add_prefix_space === true;
    const marked = part.type === 'Metaspace' && part.prepend_scheme === 'always';
    if (part.type === 'Prepend' || prefixed || marked) found = true;
    return part;
  };
  for (const part of [json.normalizer, json.pre_tokenizer]) if (part) mapParts(part, look);
  return found;
}

function withoutPrefix(part: Part): Part {
  if (part.type === 'Metaspace') return { ...part, prepend_scheme: 'never', add_prefix_space: false };
  return part.type === 'ByteLevel' ? { ...part, add_prefix_space: false } : part;
}

/** Says the prefix of an old Metaspace in the newer key, the only one that the JavaScript library reads. */
function statePrefix(part: Part): Part {
  if (part.type !== 'Metaspace' || part.prepend_scheme !== undefined) return part;
  return { ...part, prepend_scheme: part.add_prefix_space === false ? 'never' : 'always' };
}

/** GPT-2's pattern, which a ByteLevel without one of its own splits by. */
const gpt2Pattern = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

/**
 * Says the split that a lone ByteLevel does as a part of its own. The library reads `\s` in the pattern of a Split as
 * Python's `tokenizers` does, but not in ByteLevel's own, where JavaScript's `\s` takes U+FEFF and leaves U+0085.
 */
function stateSplit(part: Part | null): Part | null {
  if (part?.type !== 'ByteLevel' || part.use_regex === false || part.add_prefix_space) return part;
  const split = { type: 'Split', pattern: { Regex: gpt2Pattern }, behavior: 'Isolated', invert: false };
  return { type: 'Sequence', pretokenizers: [split, { ...part, use_regex: false }] };
}

/** Replaces each part by `change(part)`, going into sequences; null takes a part out. */
function mapParts(part: Part, change: (part: Part) => Part | null): Part | null {
  if (part.type !== 'Sequence') return change(part);
  const key = 'normalizers' in part ? 'normalizers' : 'pretokenizers';
  const parts = (part[key] as Part[]).map((one) => mapParts(one, change)).filter((one) => one !== null);
  return { ...part, [key]: parts };
}
