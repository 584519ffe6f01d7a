/** Which examples are held out for validation: a share that follows from their ids alone. */
import type { Example } from '../methods/parts/example.ts';
import { hashShare } from './hashes.ts';

/** Whether the example of that id is among the `share` that is held out. */
export const isHeldOut = (id: string, share: number): boolean => hashShare(id) < share;

/**
 * Holds out about `share` of the examples. Which ones follows from their ids alone: more rows, or another order,
 * move none of them over. With a share above 0 and two examples or more, both sides hold at least one.
 */
export function splitValidation(
  examples: Example[],
  share: number,
): { train: Example[]; validation: Example[] } {
  const hashes = examples.map(({ id }) => hashShare(id));
  if (share <= 0 || examples.length < 2) return { train: [...examples], validation: [] };
  // At least the lowest hash is held out, and never the highest.
  const sorted = [...hashes].sort((a, b) => a - b);
  const bound = Math.min(Math.max(share, sorted[1]), sorted[sorted.length - 1]);
  return {
    train: examples.filter((_, i) => hashes[i] >= bound),
    validation: examples.filter((_, i) => hashes[i] < bound),
  };
}
