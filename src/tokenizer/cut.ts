/**
 * Cuts text where no merge can cross, so that its parts can be encoded, and remembered, one by one. The encoders of
 * BPE over characters use it: `bpeEncode.ts` for a tokenizer.json, `partEncoder.ts` for a SentencePiece model.
 */

/**
 * A function that cuts text between two characters that stand side by side in none of `pieces`. A BPE of these pieces
 * merges nothing across such a place: what it would make there is no piece.
 */
export function cutter(pieces: Iterable<string>): (text: string) => string[] {
  const joined = new Set<number>();
  for (const piece of pieces) {
    let before = -1;
    for (const char of piece) {
      const code = char.codePointAt(0) as number;
      if (before >= 0) joined.add(pairKey(before, code));
      before = code;
    }
  }
  return (text) => {
    const parts: string[] = [];
    let start = 0;
    let before = -1;
    for (let at = 0; at < text.length; ) {
      const code = text.codePointAt(at) as number;
      if (at > start && !joined.has(pairKey(before, code))) {
        parts.push(text.slice(start, at));
        start = at;
      }
      before = code;
      at += code > 0xffff ? 2 : 1;
    }
    if (start < text.length) parts.push(text.slice(start));
    return parts;
  };
}

/** One number for a pair of code points, or of ids. */
export function pairKey(left: number, right: number): number {
  return left * 2 ** 26 + right;
}
