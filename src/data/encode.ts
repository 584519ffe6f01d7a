/**
 * Segments to tokens and loss mask, in one call: the one place that decides what is supervised. The mask is built
 * while the tokens are, piece by piece; no text is ever searched for a marker.
 */
import { renderChat } from '../methods/parts/chat.ts';
import { type Segment, SPANS, type Span } from '../methods/parts/segment.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';

/** A tokenized training example or prompt. */
export interface Encoded {
  id: string;
  /** Token ids, [length]. */
  ids: Int32Array;
  /** Per token: −1 where no loss is taken, else the index into SPANS of the span it belongs to, [length]. */
  spans: Int8Array;
}

/** A tokenized example without its name. */
export type Tokens = Pick<Encoded, 'ids' | 'spans'>;

/**
 * Tokens of `segments` with the beginning-of-sequence token once, where the tokenizer has one. Each piece is
 * tokenized by itself as text that continues, so a prompt's tokens are the same in training and at inference.
 */
export function encodeExample(segments: Segment[], tokenizer: Tokenizer): Tokens {
  const ids: number[] = [];
  const spans: number[] = [];
  if (tokenizer.bosId !== null) {
    ids.push(tokenizer.bosId);
    spans.push(-1);
  }
  let continuing = false;
  for (const piece of renderChat(segments)) {
    const span = piece.role === null ? -1 : SPANS.indexOf(piece.role as Span);
    const pieceIds = 'end' in piece ? [tokenizer.eosId] : tokenizer.encode(piece.text, { continuing });
    for (const id of pieceIds) {
      ids.push(id);
      spans.push(span);
    }
    continuing = true;
  }
  return { ids: Int32Array.from(ids), spans: Int8Array.from(spans) };
}
