/**
 * Copies of a tokenizer.json for the text of users: the pipeline as it is, but with no special token to be found.
 * `huggingface.ts` opens them; Python does the same with `split_special_tokens=True`.
 */
import {
  type AddedToken,
  byteToken,
  everyPart,
  type Model,
  mapParts,
  modelKind,
  type Part,
  type TokenizerJson,
} from './tokenizerJson.ts';

export interface Plain {
  json: TokenizerJson;
  /** The id in the tokenizer.json of each id of the copy's model; null where they are equal. */
  ids: Int32Array | null;
}

/**
 * A copy of `json` that finds no special token in text.
 * @param tokens the tokens of its model
 * @param added additions of the tokens that are not special, in order
 * @param special texts of the special ones
 */
export function forPlainText(
  json: TokenizerJson,
  tokens: [string, number][],
  added: AddedToken[],
  special: ReadonlySet<string>,
): Plain {
  const { model, ids } = withoutTokens(json.model, tokens, special);
  // Dropout would make the ids of a text differ from one time to the next, here and in what is cached.
  const settled = model.dropout ? { ...model, dropout: null } : model;
  const none = { truncation: null, padding: null, post_processor: null };
  const parts = {
    pre_tokenizer: mapParts(json.pre_tokenizer, stateScheme),
    decoder: mapParts(json.decoder, stateScheme),
  };
  return { json: { ...json, ...none, ...parts, added_tokens: added, model: settled }, ids };
}

/** Old files say by `add_prefix_space` alone when a Metaspace puts a marker, which the library no longer reads. */
function stateScheme(part: Part): Part {
  if (part.type !== 'Metaspace' || part.add_prefix_space !== false) return part;
  const { add_prefix_space, prepend_scheme = 'never', ...rest } = part;
  return { ...rest, type: part.type, prepend_scheme };
}

/**
 * Takes the special tokens out of a model that could find them among its own tokens: a Unigram model, one that looks
 * up whole words, and a BPE with `ignore_merges`. Tokens of one character, and those that merges make, are ordinary
 * pieces of text too and stay. Ids are renumbered where the rest would have gaps, since the library numbers added
 * tokens by the count of the model's tokens.
 */
function withoutTokens(
  model: Model,
  tokens: [string, number][],
  special: ReadonlySet<string>,
): { model: Model; ids: Int32Array | null } {
  const { vocab, unk_id, unk_token, byte_fallback } = model;
  const removable = (token: string) =>
    special.has(token) && [...token].length > 1 && !(byte_fallback && byteToken.test(token));
  if (Array.isArray(vocab)) {
    // An empty piece is found in no text, and keeps the ids of those after it.
    const pieces = vocab.map(([piece, score], id): [string, number] => [
      id !== unk_id && removable(piece) ? '' : piece,
      score,
    ]);
    return { model: { ...model, vocab: pieces }, ids: null };
  }
  let highest = -1;
  for (const [, id] of tokens) highest = Math.max(highest, id);
  const looksUp = modelKind(model) !== 'BPE' || model.ignore_merges === true;
  if (!looksUp && highest < tokens.length) return { model, ids: null };
  const merged = modelKind(model) === 'BPE' ? mergedTokens(model, special) : new Set<string>();
  const hidden = (token: string) => token !== unk_token && removable(token) && !merged.has(token);
  const kept = looksUp ? tokens.filter(([token]) => !hidden(token)) : [...tokens];
  if (kept.length === tokens.length && highest < tokens.length) return { model, ids: null };
  kept.sort((a, b) => a[1] - b[1]);
  return {
    model: { ...model, vocab: Object.fromEntries(kept.map(([token], rank) => [token, rank])) },
    ids: Int32Array.from(kept, ([, id]) => id),
  };
}

/** Those of `tokens` that the merges of a BPE make or use. */
function mergedTokens({ merges }: Model, tokens: ReadonlySet<string>): Set<string> {
  const found = new Set<string>();
  for (const merge of merges as (string | [string, string])[]) {
    const [left, right] = typeof merge === 'string' ? merge.split(' ', 2) : merge;
    for (const token of [left, right, left + right]) if (tokens.has(token)) found.add(token);
  }
  return found;
}

/** A copy of `json` for text that goes on from other text; `json` itself where that is treated alike. */
export function forContinuing(json: TokenizerJson): TokenizerJson {
  const normalizer = mapParts(json.normalizer, (part) => (part.type === 'Prepend' ? null : part));
  const preTokenizer = mapParts(json.pre_tokenizer, withoutPrefix);
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  if (same(normalizer, json.normalizer) && same(preTokenizer, json.pre_tokenizer)) return json;
  return { ...json, normalizer, pre_tokenizer: preTokenizer };
}

function withoutPrefix(part: Part): Part {
  if (part.type === 'Metaspace') return { ...part, prepend_scheme: 'never' };
  return part.type === 'ByteLevel' ? { ...part, add_prefix_space: false } : part;
}

/** Whether a copy for plain text puts a word-start marker before each text between tokens, not before the first alone. */
export function marksSections({ normalizer, pre_tokenizer }: TokenizerJson): boolean {
  const unmarked = (part: Part) =>
    part.type !== 'Prepend' &&
    !(part.type === 'ByteLevel' && part.add_prefix_space === true) &&
    !(part.type === 'Metaspace' && (part.prepend_scheme ?? 'always') === 'always');
  return !everyPart(normalizer, unmarked) || !everyPart(pre_tokenizer, unmarked);
}
