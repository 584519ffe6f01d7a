/**
 * Tokens of a SentencePiece model that its own library does not treat: those that the files beside it add, which are
 * found in text before the model sees it, and special ones, which are not. `sentencepiece.ts` uses this around the
 * library.
 */
import { longestFinder, tokenFinder } from './findTokens.ts';
import { PieceType, type SentencePieceModel } from './sentencepieceModel.ts';
import type { SpecialToken, Tokenizer } from './tokenizer.ts';
import { tokensByText, type Vocabulary } from './vocabulary.ts';

/** The special tokens by their text: control symbols, and those that the files beside the model call special. */
export function specialTokens(
  { pieces, types }: SentencePieceModel,
  { added }: Vocabulary,
): Map<string, SpecialToken> {
  const special = new Map<string, SpecialToken>();
  pieces.forEach((piece, id) => {
    if (types[id] === PieceType.control)
      special.set(piece, { id, lstrip: false, rstrip: false, singleWord: false });
  });
  for (const [content, token] of tokensByText(added.filter((token) => token.special)))
    special.set(content, token);
  return special;
}

interface Tokens {
  model: SentencePieceModel;
  special: ReadonlyMap<string, SpecialToken>;
  added: ReadonlyMap<string, SpecialToken>;
  marksSections: boolean;
}

/**
 * The encoder of text that may hold added tokens. Text between them goes to `encode`.
 * @param encode ids of text without added tokens, and whether it goes on from text before
 */
export function addedEncoder(
  { model, special, added, marksSections }: Tokens,
  encode: (text: string, continuing: boolean) => number[],
): Tokenizer['encode'] {
  const cut = tokenFinder(added);
  const parts = breaker(model, special);
  return (text, options) => {
    const continuing = options?.continuing === true;
    const ids: number[] = [];
    for (const [i, stretch] of cut(text).entries()) {
      const goesOn = i === 0 ? continuing : !marksSections;
      for (const [j, part] of parts(stretch.text).entries()) {
        for (const id of encode(part, goesOn || j > 0)) ids.push(id);
      }
      if (stretch.id !== null) ids.push(stretch.id);
    }
    return ids;
  };
}

/** Cuts text inside special tokens that the model has as ordinary pieces and would find. */
function breaker(
  { pieces, types }: SentencePieceModel,
  special: ReadonlyMap<string, SpecialToken>,
): (text: string) => string[] {
  const ordinary = (id: number) => types[id] === PieceType.normal || types[id] === PieceType.userDefined;
  const spelled = [...special].filter(([content, { id }]) => ordinary(id) && [...content].length > 1);
  const find = longestFinder(spelled.map(([content, { id }]) => (pieces[id] === content ? content : '')));
  return (text) => {
    const parts: string[] = [];
    let from = 0;
    for (let found = find(text, 0); found; found = find(text, from)) {
      const inside = found.start + ((text.codePointAt(found.start) as number) > 0xffff ? 2 : 1);
      parts.push(text.slice(from, inside));
      from = inside;
    }
    return [...parts, text.slice(from)];
  };
}

/** The decoder of ids: special tokens left out, byte pieces joined, the dummy prefix taken off. */
export function pieceDecoder(
  { pieces, types, addDummyPrefix, removeExtraWhitespaces }: SentencePieceModel,
  vocabulary?: Vocabulary,
): Tokenizer['decode'] {
  const added = new Map(vocabulary?.added.map((token) => [token.id, token]));
  return (ids) => {
    const parts: Buffer[] = [];
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i];
      const piece = pieces[id];
      const type = types[id];
      const token = added.get(id);
      if (type === PieceType.unknown) parts.push(Buffer.from(' ⁇ '));
      else if (type === PieceType.control || token?.special || (piece ?? token) === undefined) continue;
      else if (piece === undefined) parts.push(Buffer.from(token?.content ?? ''));
      else if (type === PieceType.byte) parts.push(Buffer.from([Number.parseInt(piece.slice(3, 5), 16)]));
      else {
        const prefix = parts.length === 0 && (addDummyPrefix || removeExtraWhitespaces);
        const text = prefix && piece.startsWith('▁') ? piece.slice(1) : piece;
        parts.push(Buffer.from(text.replaceAll('▁', ' ')));
      }
    }
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts));
  };
}
