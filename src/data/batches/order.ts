/**
 * The order of a whole run, as a pure function of seed and place: pass after pass over the data, each in a shuffle of
 * its own, in rows of one sequence or of several packed ones. Since it needs no memory, a run resumes from its step
 * number alone.
 */
import seedrandom from 'seedrandom';
import type { Recipe } from '../../recipe/schema.ts';
import type { Sequences } from '../tokens/sequences.ts';
import { packRows } from './pack.ts';

export interface OrderOptions {
  seed: number;
  /** Tokens a row when packing; null puts one sequence into each row. */
  packInto: number | null;
  /** A language of n sequences is seen in proportion to n to this power: 1 once a pass, 0 all equally often. */
  mixing: number;
}

export interface Order {
  /** Rows of pass `epoch`, from 0, each a list of indices of sequences. The caller must not change them. */
  epochRows(epoch: number): readonly (readonly number[])[];
  /** Rows for the places `from` … `to` − 1 of the run. */
  rows(from: number, to: number): (readonly number[])[];
  /** Passes made when `place` rows have been taken; a fraction within a pass. */
  epochsAt(place: number): number;
}

/** The order of the training sequences of a recipe. @param maxSeqLen places of a packed row */
export const trainingOrder = (sequences: Sequences, { train, data }: Recipe, maxSeqLen: number): Order =>
  orderOf(sequences, {
    seed: train.seed,
    packInto: train.packing ? maxSeqLen : null,
    mixing: data.mixing,
  });

/** The order of a run over `sequences`. The pass at hand is kept, since it serves many steps. */
export function orderOf(
  { count, lengths, groups }: Pick<Sequences, 'count' | 'lengths' | 'groups'>,
  options: OrderOptions,
): Order {
  if (count === 0) throw new RangeError('expected at least one sequence to order, got none');
  const { seed, packInto, mixing } = options;
  let kept: { epoch: number; rows: number[][] } = { epoch: -1, rows: [] };
  const counts: number[] = []; // rows of each pass so far
  const epochRows = (epoch: number): number[][] => {
    if (kept.epoch !== epoch) {
      const indices = mixing === 1 ? null : mixture(groups, mixing, `${seed}/${epoch}`);
      const order = shuffled(indices?.length ?? count, `${seed}/${epoch}/${count}`);
      const taken = indices ? order.map((i) => indices[i]) : order;
      kept = {
        epoch,
        rows: packInto === null ? Array.from(taken, (i) => [i]) : packed(taken, epoch, packInto),
      };
    }
    counts[epoch] = kept.rows.length;
    return kept.rows;
  };
  /** A sequence of n tokens takes n − 1 places: its last token is only a target. */
  const packed = (taken: Int32Array, epoch: number, capacity: number): number[][] => {
    const rows = packRows(
      taken.map((i) => lengths[i] - 1),
      capacity,
    );
    const order = shuffled(rows.length, `${seed}/${epoch}/rows`);
    return Array.from(order, (row) => rows[row].map((i) => taken[i]));
  };
  // Without a mixture all passes have as many rows, for packing depends on the lengths alone.
  const rowsIn = (epoch: number) =>
    counts[mixing === 1 ? 0 : epoch] ?? epochRows(mixing === 1 ? 0 : epoch).length;
  const locate = (place: number): { epoch: number; at: number } => {
    if (mixing === 1) return { epoch: Math.floor(place / rowsIn(0)), at: place % rowsIn(0) };
    let [epoch, at] = [0, place];
    while (at >= rowsIn(epoch)) at -= rowsIn(epoch++);
    return { epoch, at };
  };
  return {
    epochRows,
    rows(from, to) {
      const rows: number[][] = [];
      let { epoch, at } = locate(from);
      while (rows.length < to - from) {
        const some = epochRows(epoch).slice(at, at + to - from - rows.length);
        rows.push(...some);
        epoch += 1;
        at = 0;
      }
      return rows;
    },
    epochsAt(place) {
      const { epoch, at } = locate(place);
      return epoch + at / rowsIn(epoch);
    },
  };
}

/**
 * Indices of one pass over a mixture. The largest group comes whole; one of n sequences comes as often as the ratio of
 * sizes to the power `mixing` asks, whole copies first and for the rest a random part, another in each pass.
 */
function mixture(groups: Int32Array, mixing: number, key: string): Int32Array {
  const members: number[][] = Array.from(
    { length: groups.reduce((a, b) => Math.max(a, b), 0) + 1 },
    () => [],
  );
  for (const [i, group] of groups.entries()) members[group].push(i);
  const largest = members.reduce((most, some) => Math.max(most, some.length), 0);
  const indices: number[] = [];
  for (const [group, some] of members.entries()) {
    const wanted = Math.round(largest * (some.length / largest) ** mixing);
    const order = shuffled(some.length, `${key}/mixture/${group}`);
    for (let i = 0; i < wanted; i++) indices.push(some[order[i % some.length]]);
  }
  return Int32Array.from(indices);
}

/** A permutation of 0 … count − 1 (Fisher and Yates). */
function shuffled(count: number, key: string): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const random = seedrandom.alea(key);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
