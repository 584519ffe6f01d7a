/**
 * Makes encoding with a byte-level tokenizer several times faster than transformers.js alone: text is split into words
 * by the tokenizer's own pattern, words are remembered, and new ones go through `byteBpe.ts`. (The library's own cache
 * works behind the costly steps and re-inserts an entry at every use.) `huggingface.ts` is the one user.
 */
import type { PreTrainedTokenizer } from '@xenova/transformers';
import { byteBpe } from './byteBpe.ts';
import type { TokenizerJson } from './tokenizerJson.ts';

const cachedWords = 100_000;
/** A longer word is not kept: few come twice. In UTF-16 units. */
const longestCached = 64;

/**
 * The encoder of `library`, whose tokenizer.json is `json`: through a cache of words where words are encoded
 * independently of one another, else as the library does it. Ids are the same either way.
 */
export function wordEncoder(library: PreTrainedTokenizer, json: TokenizerJson): (text: string) => number[] {
  const whole = (text: string): number[] => library.encode(text, { add_special_tokens: false });
  const pattern = splitPattern(library, json);
  const merge = pattern && byteBpe(json);
  if (!pattern || !merge) return whole;
  const added = json.added_tokens.map((token) => token.content).filter((token) => token !== '');
  const cache = new Map<string, number[]>();

  const encodeWord = (word: string): number[] | null => {
    if (word.match(pattern)?.[0] !== word) return null; // alone it would be split otherwise
    const ids = merge(word) ?? whole(word);
    if (word.length > longestCached) return ids;
    if (cache.size >= cachedWords) cache.clear();
    cache.set(detached(word), ids);
    return ids;
  };

  return (original) => {
    const text = json.normalizer ? original.normalize('NFC') : original;
    if (added.some((token) => text.includes(token))) return whole(original);
    const out: number[] = [];
    let length = 0;
    for (const word of text.match(pattern) ?? []) {
      const ids = cache.get(word) ?? encodeWord(word);
      if (ids === null) return whole(original);
      for (let i = 0; i < ids.length; i++) out.push(ids[i]);
      length += word.length;
    }
    return length === text.length ? out : whole(original);
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
