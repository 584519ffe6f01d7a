/**
 * Finds added tokens in text by the rules of Python's `tokenizers`: leftmost, then longest, with the white space and the
 * word boundaries that a token asks for. Chat templates are cut by it, and text for a SentencePiece model.
 */
import type { SpecialToken } from './tokenizer.ts';

/** A stretch of text and the token after it; the last one has none. */
export interface Stretch {
  text: string;
  id: number | null;
}

const wordBefore = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const wordAfter = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const space = /\p{White_Space}/u;

/** A function that cuts a text at `tokens`, given by their text. */
export function tokenFinder(tokens: ReadonlyMap<string, SpecialToken>): (text: string) => Stretch[] {
  const find = longestFinder(tokens.keys());
  return (text) => {
    const stretches: Stretch[] = [];
    let from = 0;
    let search = 0;
    for (;;) {
      const found = find(text, search);
      if (!found) return [...stretches, { text: text.slice(from), id: null }];
      let { start } = found;
      let end = start + found.token.length;
      search = end;
      const { id, lstrip, rstrip, singleWord } = tokens.get(found.token) as SpecialToken;
      const inWord = wordBefore.test(text.slice(Math.max(0, start - 2), start));
      if (singleWord && (inWord || wordAfter.test(text.slice(end, end + 2)))) continue;
      while (lstrip && start > from && space.test(text[start - 1])) start -= 1;
      while (rstrip && end < text.length && space.test(text[end])) end += 1;
      stretches.push({ text: text.slice(from, Math.max(from, start)), id });
      from = end;
    }
  };
}

/** A function that finds the first of `tokens` from a place in a text on; of several there, the longest. */
export function longestFinder(
  tokens: Iterable<string>,
): (text: string, from: number) => { token: string; start: number } | null {
  const known = new Set(tokens);
  known.delete('');
  const lengths = new Map<number, number[]>(); // by the first UTF-16 unit
  for (const token of known) {
    const first = token.charCodeAt(0);
    const of = lengths.get(first) ?? [];
    if (!of.includes(token.length))
      lengths.set(
        first,
        [...of, token.length].sort((a, b) => b - a),
      );
  }
  return (text, from) => {
    for (let start = from; lengths.size > 0 && start < text.length; start++) {
      for (const length of lengths.get(text.charCodeAt(start)) ?? []) {
        const token = text.slice(start, start + length);
        if (known.has(token)) return { token, start };
      }
    }
    return null;
  };
}
