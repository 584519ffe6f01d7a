/**
 * Cuts text where no merge of a BPE over characters can cross, so that the parts can be encoded and cached one by one.
 * `partEncoder.ts` uses it for SentencePiece models.
 */

/**
 * A function that cuts text between two characters that are neighbours in none of `pieces`. A BPE of these pieces
 * merges nothing across that place: the result would not be a piece.
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
