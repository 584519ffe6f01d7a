/**
 * The search of `bpe.ts`: counts words, then merges the most frequent pair of symbols again and again. Counts are
 * kept up to date as words change and a heap gives the next pair, so a merge costs only the words that it touches.
 */

import { detached } from './remember.ts';

/** Counts the words that a pattern finds in texts. `\s` means Unicode's White_Space, as in Python's `tokenizers`. */
export class WordCounter {
  readonly counts = new Map<string, number>();
  readonly #words: RegExp;

  constructor(pattern: string) {
    const unicode = pattern.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}');
    this.#words = new RegExp(unicode, 'gu');
  }

  add(text: string): void {
    for (const word of text.match(this.#words) ?? []) {
      const count = this.counts.get(word);
      this.counts.set(count === undefined ? detached(word) : word, (count ?? 0) + 1);
    }
  }
}

/** A pair of neighbouring symbols. Its words are all known when it first comes up: one of the two is the newest. */
interface Pair {
  left: number;
  right: number;
  /** How often the pair occurs in the text now. */
  count: number;
  /** The count by which the heap ranks it; the real count can be lower by now. */
  ranked: number;
  /** Words with the pair; a word can be listed twice, or no longer have the pair. */
  words: number[];
}

/**
 * Finds the merges of a BPE.
 * @param words how often each word occurs in the text
 * @param byteIds id of each byte
 * @param firstId id of the first merge
 * @param vocabSize merging ends at this many ids
 * @param minFrequency merging also ends when no pair occurs this often
 * @returns pairs of ids, in order; the one at index i makes id `firstId + i`
 */
export function findMerges(
  words: Map<string, number>,
  byteIds: number[],
  firstId: number,
  vocabSize: number,
  minFrequency: number,
): [number, number][] {
  const utf8 = new TextEncoder();
  const symbols: Uint32Array[] = [];
  const counts: number[] = [];
  for (const [word, count] of words) {
    symbols.push(Uint32Array.from(utf8.encode(word), (byte) => byteIds[byte]));
    counts.push(count);
  }

  const pairs = new Map<number, Pair>();
  let created: Pair[] = [];
  const add = (left: number, right: number, count: number, word: number): void => {
    const key = left * 2 ** 26 + right;
    let pair = pairs.get(key);
    if (!pair) {
      pair = { left, right, count: 0, ranked: 0, words: [] };
      pairs.set(key, pair);
      created.push(pair);
    }
    pair.count += count;
    if (count > 0 && pair.words[pair.words.length - 1] !== word) pair.words.push(word);
  };

  const heap: Pair[] = [];
  const rankCreated = (): void => {
    for (const pair of created) {
      pair.ranked = pair.count;
      if (pair.count >= Math.max(1, minFrequency)) push(heap, pair);
      else pair.words = [];
    }
    created = [];
  };

  symbols.forEach((word, index) => {
    for (let i = 1; i < word.length; i++) add(word[i - 1], word[i], counts[index], index);
  });
  rankCreated();

  const merges: [number, number][] = [];
  while (firstId + merges.length < vocabSize) {
    const top = pop(heap);
    if (!top) break;
    if (top.ranked !== top.count) {
      top.ranked = top.count;
      if (top.count >= Math.max(1, minFrequency)) push(heap, top);
      continue;
    }
    const id = firstId + merges.length;
    merges.push([top.left, top.right]);
    for (const index of top.words) {
      symbols[index] = mergeWord(symbols[index], top, id, (left, right, sign) =>
        add(left, right, sign * counts[index], index),
      );
    }
    top.words = [];
    rankCreated();
  }
  return merges;
}

/** `word` with each `pair` in it made into `id`; tells `change` of the neighbouring pairs that go and come. */
function mergeWord(
  word: Uint32Array,
  { left, right }: Pair,
  id: number,
  change: (left: number, right: number, sign: number) => void,
): Uint32Array {
  let length = 0;
  for (let i = 0; i < word.length; i++) {
    if (word[i] !== left || i + 1 >= word.length || word[i + 1] !== right) {
      word[length++] = word[i];
      continue;
    }
    if (length > 0) {
      change(word[length - 1], left, -1);
      change(word[length - 1], id, 1);
    }
    if (i + 2 < word.length) {
      change(right, word[i + 2], -1);
      change(id, word[i + 2], 1);
    }
    word[length++] = id;
    i++;
  }
  return length === word.length ? word : word.subarray(0, length);
}

/** Whether `a` is merged before `b`: seen more often, or of lower ids. */
function before(a: Pair, b: Pair): boolean {
  if (a.ranked !== b.ranked) return a.ranked > b.ranked;
  return a.left !== b.left ? a.left < b.left : a.right < b.right;
}

/** Puts `pair` into the binary heap. */
function push(heap: Pair[], pair: Pair): void {
  let at = heap.push(pair) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(pair, heap[parent])) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = pair;
}

/** Takes the first pair out of the binary heap. */
function pop(heap: Pair[]): Pair | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
    if (!before(heap[child], last)) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return top;
}
