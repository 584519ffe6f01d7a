/**
 * The order of examples over a whole run, as a pure function of seed and place: epoch after epoch, each in a
 * shuffle of its own. Since it needs no memory, a run resumes from its step number alone.
 */
import seedrandom from 'seedrandom';

/** Indices into a data set of `count` examples for the places `from` … `to` − 1 of the run. */
export function orderOf(count: number, seed: number, from: number, to: number): number[] {
  const indices: number[] = [];
  for (let place = from; place < to; place++) {
    indices.push(shuffled(count, seed, Math.floor(place / count))[place % count]);
  }
  return indices;
}

let last = { key: '', order: new Int32Array() };

/** The permutation of one epoch (Fisher and Yates); the latest is kept, since it serves many steps. */
function shuffled(count: number, seed: number, epoch: number): Int32Array {
  const key = `${seed}/${epoch}/${count}`;
  if (last.key === key) return last.order;
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const random = seedrandom.alea(key);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  last = { key, order };
  return order;
}
