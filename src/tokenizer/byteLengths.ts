/**
 * How many bytes of text each id stands for. By these `data/tokens/encode.ts` finds the token that a span begins with; it
 * checks that they add up to the text, since a normalizer may have changed it. Both kinds of tokenizer give them.
 */
import { byteCharacters } from './byteLevel.ts';
import { holdsBytes } from './plainJson.ts';
import { PieceType, type SentencePieceModel } from './sentencepieceModel.ts';
import { modelTokens, type TokenizerJson } from './tokenizerJson.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Bytes of a piece in which ▁ stands for a space. */
const spelled = (piece: string) => Buffer.byteLength(piece.replaceAll('▁', ' '));

/** Of a SentencePiece model; NaN where an id does not tell its text. [size] */
export function sentencePieceBytes(
  { pieces, types }: SentencePieceModel,
  { size, added }: Vocabulary,
): Float64Array {
  const lengths = new Float64Array(size).fill(Number.NaN);
  pieces.forEach((piece, id) => {
    if (types[id] === PieceType.byte) lengths[id] = 1;
    else if (types[id] !== PieceType.unknown && types[id] !== PieceType.control) lengths[id] = spelled(piece);
  });
  for (const { id, content } of added) if (id >= pieces.length) lengths[id] = Buffer.byteLength(content);
  return lengths;
}

/** Of a `tokenizer.json`; NaN where an id does not tell its text. [size] */
export function tokenizerJsonBytes(json: TokenizerJson, { size, added }: Vocabulary): Float64Array {
  const lengths = new Float64Array(size).fill(Number.NaN);
  if (!holdsBytes(json)) return lengths;
  const { unk_token, unk_id, byte_fallback } = json.model;
  const byteLevel = JSON.stringify([json.pre_tokenizer, json.decoder]).includes('"ByteLevel"');
  const characters = new Set(byteCharacters);
  const lengthOf = (piece: string) => {
    if (byteLevel) return [...piece].every((char) => characters.has(char)) ? piece.length : Number.NaN;
    return byte_fallback && /^<0x[0-9A-F]{2}>$/.test(piece) ? 1 : spelled(piece);
  };
  for (const [piece, id] of modelTokens(json.model)) {
    if (piece !== unk_token && id !== unk_id) lengths[id] = lengthOf(piece);
  }
  for (const { id, content } of added) lengths[id] = Buffer.byteLength(content);
  return lengths;
}
