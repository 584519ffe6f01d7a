/**
 * Which examples are held out for validation: a share that follows from their ids alone, so more rows, or another
 * order, move none of them over.
 */
import { hashShare } from '../hash.ts';

export interface Split {
  /** Takes note of an id. @returns whether the bound is settled: further ids do not move it */
  add(id: string): boolean;
  /** Examples whose hash (`hashShare` of the id) is below it are held out. */
  bound(): number;
}

/**
 * Holds out about `share` of the ids that are added. With a share above 0 and two ids or more, at least the one with
 * the lowest hash is held out, and never the one with the highest.
 */
export function splitOf(share: number): Split {
  let [lowest, second, highest] = [1, 1, 0];
  const settled = () => lowest < share && highest >= share;
  return {
    add(id) {
      const hash = hashShare(id);
      if (hash < lowest) [lowest, second] = [hash, lowest];
      else if (hash > lowest && hash < second) second = hash;
      highest = Math.max(highest, hash);
      return settled();
    },
    bound() {
      if (settled()) return share;
      return share > 0 && lowest < highest ? Math.min(Math.max(share, second), highest) : 0;
    },
  };
}
