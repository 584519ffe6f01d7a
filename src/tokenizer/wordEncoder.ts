/**
 * Makes encoding with a BPE several times faster than transformers.js alone: text is cut into parts that do not touch
 * one another, parts are remembered, and new ones go through `bpeEncode.ts`. (The library's own cache works behind the
 * costly steps and re-inserts an entry at every use.) `huggingface.ts` is the one user.
 */
import type { PreTrainedTokenizer } from '@xenova/transformers';
import { byteBpe, characterBpe } from './bpeEncode.ts';
import type { TokenizerJson } from './tokenizerJson.ts';

const cachedParts = 100_000;
/** A longer part is not kept: few come twice. In UTF-16 units. */
const longestCached = 64;

/**
 * The encoder of `library`, whose tokenizer.json is `json`: by remembered parts where that can be done, else as the
 * library does it. Ids are the same either way.
 */
export function wordEncoder(library: PreTrainedTokenizer, json: TokenizerJson): (text: string) => number[] {
  const whole = (text: string): number[] =>
    text === '' ? [] : library.encode(text, { add_special_tokens: false });
  const fast = byWords(library, json, whole) ?? byCharacters(library, json);
  if (!fast) return whole;
  const added = json.added_tokens.map((token) => token.content).filter((token) => token !== '');
  return (text) => (added.some((token) => text.includes(token)) ? null : fast(text)) ?? whole(text);
}

type Encode = (text: string) => number[] | null;

/** `encode`, asked once for each part that comes often. The ids that it gives are shared: they are not to be changed. */
export function remember(encode: Encode): Encode {
  const cache = new Map<string, number[]>();
  return (part) => {
    const known = cache.get(part);
    if (known) return known;
    const ids = encode(part);
    if (!ids || part.length > longestCached) return ids;
    if (cache.size >= cachedParts) cache.clear();
    cache.set(detached(part), ids);
    return ids;
  };
}

/** Byte-level BPE: by the words that its own pattern finds. */
function byWords(
  library: PreTrainedTokenizer,
  json: TokenizerJson,
  whole: (text: string) => number[],
): Encode | null {
  const pattern = splitPattern(library, json);
  const merge = pattern && byteBpe(json);
  if (!pattern || !merge) return null;
  const encodeWord = remember((word) => {
    if (word.match(pattern)?.[0] !== word) return null; // alone it would be split otherwise
    return merge(word) ?? whole(word);
  });
  return (original) => {
    const text = json.normalizer ? original.normalize('NFC') : original;
    const out: number[] = [];
    let length = 0;
    for (const word of text.match(pattern) ?? []) {
      const ids = encodeWord(word);
      if (!ids) return null;
      for (let i = 0; i < ids.length; i++) out.push(ids[i]);
      length += word.length;
    }
    return length === text.length ? out : null;
  };
}

/** BPE over characters: the library normalizes and splits, the model step is done here. */
function byCharacters(library: PreTrainedTokenizer, json: TokenizerJson): Encode | null {
  const encode = characterBpe(json, remember);
  if (!encode) return null;
  type Step<T> = (text: string, options?: { section_index: number }) => T;
  const normalize = library._tokenizer.normalizer as Step<string> | null;
  const split = library._tokenizer.pre_tokenizer as Step<string[]> | null;
  return (text) => {
    if (text === '') return [];
    const normalized = normalize ? normalize(text) : text;
    const words = split ? split(normalized, { section_index: 0 }) : [normalized];
    const out: number[] = [];
    for (const word of words) {
      const ids = encode(word);
      if (!ids) return null;
      for (let i = 0; i < ids.length; i++) out.push(ids[i]);
    }
    return out;
  };
}

/** The pattern by which `json` splits text, as the library compiled it, or null where words are not independent. */
function splitPattern(library: PreTrainedTokenizer, json: TokenizerJson): RegExp | null {
  if (json.normalizer && json.normalizer.type !== 'NFC') return null;
  if (json.pre_tokenizer?.type !== 'Sequence') return null;
  const [split, ...rest] = json.pre_tokenizer.pretokenizers as { type: string; [key: string]: unknown }[];
  if (split?.type !== 'Split' || split.behavior !== 'Isolated' || split.invert) return null;
  if (rest.some((part) => part.type !== 'ByteLevel' || part.add_prefix_space)) return null;
  const compiled = library._tokenizer.pre_tokenizer as unknown as { tokenizers?: { pattern?: unknown }[] };
  const pattern = compiled?.tokenizers?.[0]?.pattern;
  return pattern instanceof RegExp && pattern.global ? pattern : null;
}

/** A copy of `word` that does not keep alive the text it was cut from. */
export function detached(word: string): string {
  return Buffer.from(word, 'utf16le').toString('utf16le');
}
