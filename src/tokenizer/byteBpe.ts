/**
 * Byte-level BPE on one word, on numbers alone: the same merges in the same order as transformers.js, which looks each
 * pair up by a JSON string. `wordEncoder.ts` asks it for words that it has not met.
 */
import type { TokenizerJson } from './tokenizerJson.ts';

/** A longer word, in bytes, is left to the library, whose heap then wins over scanning. */
const longestScanned = 128;

/** The printable character that stands for each byte in byte-level BPE (GPT-2's table). */
export const byteCharacters: readonly string[] = (() => {
  const printable = (byte: number) => (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(printable(byte) ? byte : next++));
})();

/**
 * Encoder of single words by the byte-level BPE in `json`; it gives null for a word that it leaves to the library.
 * The function itself is null where the model is of another kind.
 */
export function byteBpe({ model }: TokenizerJson): ((word: string) => number[] | null) | null {
  const { vocab } = model;
  if (model.type !== 'BPE' || Array.isArray(vocab) || !Array.isArray(model.merges)) return null;
  const unusual = [
    model.dropout,
    model.continuing_subword_prefix,
    model.end_of_word_suffix,
    model.byte_fallback,
  ];
  if (unusual.some(Boolean)) return null;
  const byteIds = byteCharacters.map((char) => vocab[char]);
  if (byteIds.includes(undefined as never)) return null;

  const rankOf = new Map<number, number>();
  const mergedId: number[] = [];
  for (const merge of model.merges as (string | [string, string])[]) {
    const [left, right] = typeof merge === 'string' ? merge.split(' ', 2) : merge;
    const id = vocab[left + right];
    if (id === undefined || vocab[left] === undefined || vocab[right] === undefined) return null;
    rankOf.set(pairKey(vocab[left], vocab[right]), mergedId.length);
    mergedId.push(id);
  }

  const utf8 = new TextEncoder();
  const whole = model.ignore_merges === true;
  return (word) => {
    const bytes = utf8.encode(word);
    if (bytes.length > longestScanned) return null;
    if (whole) {
      const id = vocab[Array.from(bytes, (byte) => byteCharacters[byte]).join('')];
      if (id !== undefined) return [id];
    }
    const ids = Array.from(bytes, (byte) => byteIds[byte]);
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

/** One number for a pair of ids. */
function pairKey(left: number, right: number): number {
  return left * 2 ** 26 + right;
}
