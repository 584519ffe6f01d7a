/**
 * Packing: several sequences share a row, so that little of a batch is padding. Best fit, longest first (Krell et al.,
 * arXiv 2107.02027): each goes into the row that it fills best, which wastes less than filling rows in order.
 */

/**
 * Puts items of `sizes` into rows of at most `capacity`. Items of equal size are taken in the order given, so a shuffled
 * order gives other rows; the number of rows is the same for any order.
 * @returns indices into `sizes`, row by row
 * @throws RangeError for an item that no row can hold
 */
export function packRows(sizes: ArrayLike<number>, capacity: number): number[][] {
  const order = Array.from(sizes, (_, i) => i).sort((a, b) => sizes[b] - sizes[a] || a - b);
  const rows: number[][] = [];
  const withSpace = spaceIndex(capacity);
  for (const item of order) {
    const size = sizes[item];
    if (!(size <= capacity))
      throw new RangeError(`expected at most ${capacity} tokens a sequence, got ${size}`);
    const found = withSpace.takeSmallest(size);
    const row = found?.row ?? rows.push([]) - 1;
    rows[row].push(item);
    withSpace.put((found?.space ?? capacity) - size, row);
  }
  return rows;
}

/** Rows by the space left in them. A tree of counts finds the least space that is enough in log(capacity) steps. */
function spaceIndex(capacity: number) {
  const leaves = 2 ** Math.ceil(Math.log2(capacity + 1));
  const counts = new Int32Array(2 * leaves);
  const stacks = new Map<number, number[]>();
  const change = (space: number, by: number) => {
    for (let node = leaves + space; node > 0; node >>= 1) counts[node] += by;
  };
  return {
    put(space: number, row: number): void {
      const stack = stacks.get(space);
      if (stack) stack.push(row);
      else stacks.set(space, [row]);
      change(space, 1);
    },
    /** Takes out a row with the least space of at least `size`. */
    takeSmallest(size: number): { space: number; row: number } | null {
      let node = leaves + size;
      if (counts[node] === 0) {
        // Up until a sibling to the right holds something, then down to its first leaf.
        while (node > 1 && (node % 2 === 1 || counts[node + 1] === 0)) node >>= 1;
        if (node <= 1) return null;
        node += 1;
        while (node < leaves) node = counts[2 * node] > 0 ? 2 * node : 2 * node + 1;
      }
      const space = node - leaves;
      change(space, -1);
      return { space, row: (stacks.get(space) as number[]).pop() as number };
    },
  };
}
