/**
 * Seeded draws for the world: a shuffle, a choice and a whole number over seedrandom. A stream is named by its text,
 * so that one more draw in one part of the world moves nothing in another.
 */
import seedrandom from 'seedrandom';

/** A stream of numbers in [0, 1). */
export type Random = () => number;

/** The stream that this text names, the same on every machine. */
export const stream = (name: string): Random => seedrandom(name);

/** A whole number from `low` to `high`, both possible. */
export const between = (random: Random, low: number, high: number): number =>
  low + Math.floor(random() * (high - low + 1));

/** One of the items. */
export const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)];

/** The items in random order, as a new array (Fisher and Yates). */
export function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}
