/**
 * Finds what was meant by a mistyped key, flag, verb or recipe name. The recipe and the command line put
 * the suggestion into their errors.
 */

/** Number of edits (insert, delete, replace, swap of neighbours) that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array(b.length).fill(0)]);
  for (let j = 0; j <= b.length; j++) rows[0][j] = j;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replace = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      rows[i][j] = Math.min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, replace);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) rows[i][j] = Math.min(rows[i][j], rows[i - 2][j - 2] + 1);
    }
  }
  return rows[a.length][b.length];
}

/** The candidate closest to `word`, case aside; undefined when none is within a third of its length. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/**
 * The closest of dotted `keys`, also when the section is missing or wrong: `learningRate` and
 * `model.learningRate` both give `train.learningRate`.
 */
export function closestKey(key: string, keys: readonly string[]): string | undefined {
  const last = key.slice(key.lastIndexOf('.') + 1).toLowerCase();
  const sameName = keys.find((candidate) => candidate.toLowerCase().split('.').at(-1) === last);
  return closest(key, keys) ?? sameName;
}
