/**
 * How many bytes of text each id stands for. By these `data/tokens/encode.ts` finds the token that a span begins with; it
 * checks that they add up to the text, since a normalizer may have changed it. Both kinds of tokenizer give them.
 */
import { byteCharacters } from './bpeEncode.ts';
import { PieceType, type SentencePieceModel } from './sentencepieceModel.ts';
import type { TokenizerJson } from './tokenizerJson.ts';

const utf8 = new TextEncoder();
/** Bytes of a piece in which ▁ stands for a space. */
const spelled = (piece: string) => utf8.encode(piece.replaceAll('▁', ' ')).length;

/** Of a SentencePiece model; NaN where an id does not tell its text. [vocabSize] */
export function sentencePieceBytes({ pieces, types }: SentencePieceModel): Float64Array {
  return Float64Array.from(pieces, (piece, id) => {
    if (types[id] === PieceType.byte) return 1;
    return types[id] === PieceType.unknown || types[id] === PieceType.control ? Number.NaN : spelled(piece);
  });
}

/** Of a `tokenizer.json`; NaN where an id does not tell its text. [vocabSize] */
export function tokenizerJsonBytes(json: TokenizerJson, vocabSize: number): Float64Array {
  const { vocab, unk_token, unk_id, byte_fallback } = json.model;
  const byteLevel = JSON.stringify([json.pre_tokenizer, json.decoder]).includes('"ByteLevel"');
  const characters = new Set(byteCharacters);
  const lengthOf = (piece: string) => {
    if (byteLevel) return [...piece].every((char) => characters.has(char)) ? piece.length : Number.NaN;
    return byte_fallback && /^<0x[0-9A-F]{2}>$/.test(piece) ? 1 : spelled(piece);
  };
  const lengths = new Float64Array(vocabSize).fill(Number.NaN);
  const pieces: [string, number][] = Array.isArray(vocab)
    ? vocab.map(([piece], id) => [piece, id])
    : Object.entries(vocab);
  for (const [piece, id] of pieces) {
    if (piece !== unk_token && id !== unk_id) lengths[id] = lengthOf(piece);
  }
  for (const { id, content } of json.added_tokens) lengths[id] = utf8.encode(content).length;
  return lengths;
}
