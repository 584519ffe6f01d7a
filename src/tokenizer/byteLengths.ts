/**
 * How many bytes of text each id stands for. By these `data/tokens/encode.ts` finds the token that a span begins with; it
 * checks that they add up to the text, since a normalizer may have changed it. Both kinds of tokenizer give them.
 */
import { byteCharacters } from './byteLevel.ts';
import { PieceType, type SentencePieceModel } from './sentencepieceModel.ts';
import {
  byteToken,
  everyPart,
  type Model,
  modelKind,
  type Part,
  type TokenizerJson,
} from './tokenizerJson.ts';
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
  for (const { id, content, special, lstrip, rstrip } of added) {
    if (id >= pieces.length && !special && !lstrip && !rstrip) lengths[id] = Buffer.byteLength(content);
  }
  return lengths;
}

/** Of a `tokenizer.json`; NaN where an id does not tell its text. [size] */
export function tokenizerJsonBytes(
  json: TokenizerJson,
  tokens: [string, number][],
  { size, added }: Vocabulary,
): Float64Array {
  const lengths = new Float64Array(size).fill(Number.NaN);
  const byteLevel = JSON.stringify([json.pre_tokenizer, json.decoder]).includes('"ByteLevel"');
  if (!holdsBytes(json, tokens, byteLevel)) return lengths;
  const { unk_token, unk_id, byte_fallback } = json.model;
  const characters = new Set(byteCharacters);
  const lengthOf = (piece: string) => {
    if (byteLevel) return [...piece].every((char) => characters.has(char)) ? piece.length : Number.NaN;
    return byte_fallback && byteToken.test(piece) ? 1 : spelled(piece);
  };
  for (const [piece, id] of tokens) {
    if (piece !== unk_token && id !== unk_id) lengths[id] = lengthOf(piece);
  }
  const asWritten = everyPart(json.normalizer, ({ type }) => type === 'NFC');
  for (const { id, content, special, lstrip, rstrip, normalized } of added) {
    // No text gives a special token, but the one of that name may be what an unknown character becomes.
    if (special || lstrip || rstrip || (normalized && !asWritten)) lengths[id] = Number.NaN;
    else lengths[id] = Buffer.byteLength(content.normalize('NFC'));
  }
  return lengths;
}

/**
 * Whether the tokens of a text hold its bytes: the text in NFC, at most with a marker in place of each space, and with
 * nothing dropped silently.
 */
function holdsBytes(
  { normalizer, pre_tokenizer, model }: TokenizerJson,
  tokens: [string, number][],
  byteLevel: boolean,
): boolean {
  const kind = modelKind(model);
  if (kind === 'WordPiece' || model.continuing_subword_prefix || model.end_of_word_suffix) return false;
  const keeping = new Set(['ByteLevel', 'Metaspace', 'Digits', 'UnicodeScripts', 'FixedLength']);
  const keeps = ({ type, behavior }: Part) =>
    type === 'Split' || type === 'Punctuation' ? behavior !== 'Removed' : keeping.has(type);
  const marks = ({ type, pattern, content }: Part) =>
    type === 'Prepend' ||
    (type === 'Replace' && content === '▁' && (pattern as { String?: string } | null)?.String === ' ');
  const unchanged = everyPart(normalizer, (part) => part.type === 'NFC' || (!byteLevel && marks(part)));
  return unchanged && everyPart(pre_tokenizer, keeps) && takesAll(model, tokens, byteLevel);
}

/** Whether a model has a token for everything: for unknown characters, or for each byte. */
function takesAll(model: Model, tokens: [string, number][], byteLevel: boolean): boolean {
  if (typeof model.unk_token === 'string' || typeof model.unk_id === 'number') return true;
  const known = new Set(tokens.map(([token]) => token));
  if (byteLevel) return byteCharacters.every((char) => known.has(char));
  return model.byte_fallback === true && tokens.filter(([token]) => byteToken.test(token)).length === 256;
}
