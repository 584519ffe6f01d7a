/**
 * Makes encoding with a SentencePiece BPE model several times faster than the library alone: text is cut into parts
 * that do not touch one another, parts are remembered, and new ones are merged here as SentencePiece merges them.
 * `sentencepiece.ts` is the one user; what is not taken here is left to the library.
 */
import { cutter } from './cut.ts';
import { remember } from './remember.ts';
import { PieceType, type SentencePieceModel } from './sentencepieceModel.ts';

type Encode = (text: string) => number[];

/** A longer part, in symbols, is left to the library, whose heap then wins over scanning. */
const longestScanned = 128;

/**
 * An encoder by remembered parts; ids are those of the library. It is null where text may not be cut: scores of a
 * Unigram model are sums over the whole text, a normalizer reads across characters, and unknown characters side by
 * side are one id where there are no bytes to fall back on.
 * @param encode the library's, which puts a word start before the text where the model has one
 * @param encodeLater the same without the word start
 */
export function partEncoder(
  model: SentencePieceModel,
  encode: Encode,
  encodeLater: Encode,
): ((text: string, continuing: boolean) => number[]) | null {
  if (!model.isBpe || !model.byteFallback || model.changesText) return null;
  const cut = cutter(model.pieces);
  const merge = merger(model);
  const byLibrary = (part: string): number[] => {
    if (!model.addDummyPrefix) return encode(part);
    return part.length > 1 && part.startsWith('▁') ? encode(part.slice(1)) : encodeLater(part);
  };
  const encodePart = remember((part) => merge?.(part) ?? byLibrary(part));
  return (text, continuing) => {
    const prefix = model.addDummyPrefix && !continuing && text !== '' ? '▁' : '';
    const out: number[] = [];
    for (const part of cut(prefix + text.replaceAll(' ', '▁').replace(/\p{Surrogate}/gu, '\ufffd'))) {
      const ids = encodePart(part);
      for (let i = 0; i < ids.length; i++) out.push(ids[i]);
    }
    return out;
  };
}

/**
 * Merges the characters of a part: of all neighbours that together are a piece, those of the highest score, and of
 * equals the leftmost, until there are none. Null where the model has pieces that follow rules of their own.
 */
function merger({ pieces, types, scores }: SentencePieceModel): ((part: string) => number[] | null) | null {
  if (types.includes(PieceType.userDefined) || types.includes(PieceType.unused)) return null;
  const idOf = new Map<string, number>();
  const byteIds: number[] = [];
  types.forEach((type, id) => {
    if (type === PieceType.normal) idOf.set(pieces[id], id);
    else if (type === PieceType.byte) byteIds[Number.parseInt(pieces[id].slice(3, 5), 16)] = id;
  });
  const utf8 = new TextEncoder();
  return (part) => {
    const symbols = Array.from(part);
    if (symbols.length > longestScanned) return null;
    const pairs: number[] = []; // the piece that each symbol and the next make, or −1
    const pairAt = (i: number) => idOf.get(symbols[i] + symbols[i + 1]) ?? -1;
    for (let i = 0; i + 1 < symbols.length; i++) pairs.push(pairAt(i));
    for (;;) {
      let best = -1;
      for (let i = 0; i < pairs.length; i++) {
        if (pairs[i] >= 0 && (best < 0 || scores[pairs[i]] > scores[pairs[best]])) best = i;
      }
      if (best < 0) break;
      symbols.splice(best, 2, pieces[pairs[best]]);
      pairs.splice(best, 1);
      if (best > 0) pairs[best - 1] = pairAt(best - 1);
      if (best < pairs.length) pairs[best] = pairAt(best);
    }
    return symbols.flatMap((symbol) => {
      const id = idOf.get(symbol);
      return id === undefined ? Array.from(utf8.encode(symbol), (byte) => byteIds[byte]) : id;
    });
  };
}
