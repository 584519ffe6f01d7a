/**
 * The model step of BPE on numbers alone: the same merges in the same order as transformers.js, which looks each pair
 * up by a JSON string. `wordEncoder.ts` asks it first; what it does not take (null) is left to the library.
 */
import { cutter, pairKey } from './cut.ts';
import type { TokenizerJson } from './tokenizerJson.ts';

/** A longer run, in symbols, is left to the library, whose heap then wins over scanning. */
const longestScanned = 128;

/** The printable character that stands for each byte in byte-level BPE (GPT-2's table). */
export const byteCharacters: readonly string[] = (() => {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

type Encode = (text: string) => number[] | null;
type Vocab = Record<string, number>;

/** Encoder of single words by a byte-level BPE. It is null itself where the model is of another kind. */
export function byteBpe({ model }: TokenizerJson): Encode | null {
  const merge = merger(model);
  if (!merge || model.byte_fallback) return null;
  const vocab = model.vocab as Vocab;
  const byteIds = byteCharacters.map((char) => vocab[char]);
  if (byteIds.some((id) => id === undefined)) return null;
  const utf8 = new TextEncoder();
  return (word) => {
    const bytes = utf8.encode(word);
    if (bytes.length > longestScanned) return null;
    if (model.ignore_merges) {
      const id = vocab[Array.from(bytes, (byte) => byteCharacters[byte]).join('')];
      if (id !== undefined) return [id];
    }
    return merge(Array.from(bytes, (byte) => byteIds[byte]));
  };
}

/**
 * Encoder of normalized text by a BPE over characters with byte fallback (Llama 2, Mistral, Gemma). Text is cut where
 * no piece has the two characters side by side: nothing can be merged across, so each part stands by itself.
 */
export function characterBpe({ model }: TokenizerJson, remember: (encode: Encode) => Encode): Encode | null {
  const merge = merger(model);
  if (!merge || !model.byte_fallback || model.ignore_merges) return null;
  const vocab = model.vocab as Vocab;
  const hex = (byte: number) => byte.toString(16).toUpperCase().padStart(2, '0');
  const byteIds = Array.from({ length: 256 }, (_, byte) => vocab[`<0x${hex(byte)}>`]);
  if (byteIds.some((id) => id === undefined)) return null;
  const cut = cutter(Object.keys(vocab));
  const utf8 = new TextEncoder();
  const encodePart = remember((part) => {
    const ids: number[] = [];
    for (const char of part) {
      const id = vocab[char];
      if (id !== undefined) ids.push(id);
      else for (const byte of utf8.encode(char)) ids.push(byteIds[byte]);
    }
    return ids.length > longestScanned ? null : merge(ids);
  });
  return (text) => {
    const out: number[] = [];
    for (const part of cut(text)) {
      const ids = encodePart(part);
      if (!ids) return null;
      for (let i = 0; i < ids.length; i++) out.push(ids[i]);
    }
    return out;
  };
}

/** Merges ids by the merges of `model`, lowest rank first, then leftmost; null where the model is no plain BPE. */
function merger(model: TokenizerJson['model']): ((ids: number[]) => number[]) | null {
  const { vocab, merges } = model;
  if (model.type !== 'BPE' || Array.isArray(vocab) || !Array.isArray(merges)) return null;
  if (model.dropout || model.continuing_subword_prefix || model.end_of_word_suffix) return null;
  const rankOf = new Map<number, number>();
  const mergedId: number[] = [];
  for (const pair of merges as (string | [string, string])[]) {
    const [left, right] = typeof pair === 'string' ? pair.split(' ', 2) : pair;
    const id = vocab[left + right];
    if (id === undefined || vocab[left] === undefined || vocab[right] === undefined) return null;
    rankOf.set(pairKey(vocab[left], vocab[right]), mergedId.length);
    mergedId.push(id);
  }
  return (ids) => {
    const ranks: number[] = []; // of the pair that begins at each position
    const rankAt = (i: number) => rankOf.get(pairKey(ids[i], ids[i + 1])) ?? Number.POSITIVE_INFINITY;
    for (let i = 0; i + 1 < ids.length; i++) ranks.push(rankAt(i));
    for (;;) {
      let best = -1;
      let lowest = Number.POSITIVE_INFINITY;
      for (let i = 0; i < ranks.length; i++) {
        if (ranks[i] < lowest) {
          lowest = ranks[i];
          best = i;
        }
      }
      if (best < 0) return ids;
      ids[best] = mergedId[lowest];
      ids.splice(best + 1, 1);
      ranks.splice(best, 1);
      if (best > 0) ranks[best - 1] = rankAt(best - 1);
      if (best < ranks.length) ranks[best] = rankAt(best);
    }
  };
}
