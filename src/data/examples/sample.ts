/**
 * The random sample of `data.limit`: the examples whose ids rank lowest by a hash with the seed. It follows from
 * the ids alone, so a smaller sample is part of a larger one and the order of the rows does not matter.
 */
import { rankOf } from './hashes.ts';

/** Says of the examples of a later pass, one after the other, whether they are in the sample. */
export type Sample = (id: string) => boolean;

/**
 * The `count` ids that rank lowest.
 *
 * @param examples all ids, none twice; read to the end, holding at most 2 × `count` numbers
 */
export async function sampleOf(
  examples: AsyncIterable<{ id: string }>,
  count: number,
  seed: number,
): Promise<Sample> {
  let ranks: number[] = [];
  let highest = Number.POSITIVE_INFINITY;
  const cut = () => {
    ranks = Array.from(Float64Array.from(ranks).sort().subarray(0, count));
    highest = ranks[count - 1] ?? Number.POSITIVE_INFINITY;
  };
  for await (const { id } of examples) {
    const rank = rankOf(id, seed);
    if (rank >= highest) continue;
    ranks.push(rank);
    if (ranks.length >= 2 * count) cut();
  }
  cut();
  let taken = 0;
  return (id) => {
    if (taken >= count || rankOf(id, seed) > highest) return false;
    taken += 1;
    return true;
  };
}
