/** Tokens as pieces of text that a person can read, each with the span that it is supervised in. */
import { SPANS, type Span } from '../../methods/parts/segment.ts';
import type { Tokenizer } from '../../tokenizer/tokenizer.ts';
import type { Tokens } from './encode.ts';

export interface Piece {
  /** The begin and end tokens, which decoding leaves out, are ⟨begin⟩ and ⟨end⟩. */
  text: string;
  /** How many tokens it is: more than one where a letter is made of several. */
  tokens: number;
  /** The span whose loss it counts in; null where there is no loss. */
  span: Span | null;
}

/** The pieces of an example or a prompt, in order. A text that ends within a letter goes on in the next token. */
export function piecesOf({ ids, spans }: Tokens, tokenizer: Tokenizer): Piece[] {
  const special = (id: number) =>
    id === tokenizer.eosId ? '⟨end⟩' : id === tokenizer.bosId ? '⟨begin⟩' : null;
  const textOf = (from: number, to: number) => (to > from ? tokenizer.decode(ids.subarray(from, to)) : '');
  const pieces: Piece[] = [];
  // The piece begins at `start`; it is decoded behind the one before it, from `context` on, as spaces depend on that.
  let [context, start] = [0, 0];
  for (let i = 0; i < ids.length; i++) {
    const next = i + 1;
    const name = special(ids[i]);
    const ends = next === ids.length || spans[next] !== spans[i] || special(ids[next]) !== null;
    const text = name ?? textOf(context, next).slice(textOf(context, start).length);
    if (!name && !ends && text.endsWith('\ufffd')) continue;
    pieces.push({ text, tokens: next - start, span: SPANS[spans[i]] ?? null });
    [context, start] = [name || ends ? next : start, next];
  }
  return pieces;
}
