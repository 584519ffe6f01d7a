/**
 * Attention of queries over the keys that they may see, with gradients of its own. Short sequences hold all scores at
 * once; long ones go block by block with a running softmax (FlashAttention, arXiv 2205.14135), so that
 * [heads, seq, seq] never exists.
 */
import * as tf from '@tensorflow/tfjs-core';
import { after } from '../compile/record.ts';
import { differentiable } from '../runtime/ops.ts';

/** Where tokens stand, int32 [batch, length]: a query sees keys of its own document at positions up to its own. */
export interface Places {
  positions: tf.Tensor2D;
  documents: tf.Tensor2D;
}

/**
 * Attention over keys and values of one layer.
 * @param query [batch, nHeads, seq, headDim]; key and value [batch, nKvHeads, length, headDim]
 * @returns [batch, seq, nHeads, headDim]
 */
export type Attention = (query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D) => tf.Tensor4D;

/** Added to the score of a key that a query must not see. Finite: a row of −Infinity alone would softmax to NaN. */
const HIDDEN = -1e9;
/** Queries and keys a block. */
const BLOCK = 512;

/** What all layers of one pass share: masks are made once. From two blocks on, attention goes by blocks. */
export function attentionFor(queries: Places, keys: Places, block = BLOCK): Attention {
  const [, seq] = queries.positions.shape;
  const [, length] = keys.positions.shape;
  return seq === length && seq >= 2 * block ? blockwise(queries, keys, block) : whole(queries, keys);
}

/** True where a query sees a key: [batch, 1, seq, length]. */
function visible(queries: Places, keys: Places): tf.Tensor4D {
  const rows = (t: tf.Tensor2D) => tf.expandDims(t, 2); // [batch, seq, 1]
  const columns = (t: tf.Tensor2D) => tf.expandDims(t, 1); // [batch, 1, length]
  const sameDocument = tf.equal(rows(queries.documents), columns(keys.documents));
  const notLater = tf.greaterEqual(rows(queries.positions), columns(keys.positions));
  return tf.expandDims(tf.logicalAnd(sameDocument, notLater), 1);
}

/** 0 where a query sees a key, HIDDEN elsewhere, float32. */
const biasOf = (seen: tf.Tensor4D): tf.Tensor4D => tf.mul(tf.sub(1, tf.cast(seen, 'float32')), HIDDEN);

/** Query heads of one group share a key head: they lie one below the other as further query rows. */
function grouped(query: tf.Tensor4D, nKvHeads: number): tf.Tensor4D {
  const [batch, nHeads, seq, headDim] = query.shape;
  return tf.reshape(query, [batch, nKvHeads, (nHeads / nKvHeads) * seq, headDim]);
}

/** From [batch, heads, seq, headDim] to [batch, seq, heads, headDim], and back. */
export const swapHeads = (x: tf.Tensor4D): tf.Tensor4D => tf.transpose(x, [0, 2, 1, 3]);

/**
 * Σ dWeights · weights of each query, which is Σ dMixed · mixed: [batch, nKvHeads, group · seq, 1].
 * @param dy and mixed [batch, seq, nHeads, headDim]
 */
function alongOf(dy: tf.Tensor4D, mixed: tf.Tensor4D, nKvHeads: number): tf.Tensor4D {
  const sums = tf.sum(tf.mul(dy, mixed), 3, true) as tf.Tensor4D; // [batch, seq, nHeads, 1]
  return grouped(swapHeads(sums), nKvHeads);
}

function whole(queries: Places, keys: Places): Attention {
  const bias = biasOf(visible(queries, keys));
  return (query, key, value) => {
    const [batch, nHeads, seq, headDim] = query.shape;
    const [, nKvHeads, length] = key.shape;
    return differentiable(
      [query, key, value],
      (query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D) => {
        const scores = tf.matMul(grouped(query, nKvHeads), key, false, true);
        const biased = tf.add(tf.reshape(scores, [batch, nHeads, seq, length]), bias);
        const weights: tf.Tensor4D = tf.reshape(tf.softmax(biased), [batch, nKvHeads, -1, length]);
        const mixed = swapHeads(tf.reshape(tf.matMul(weights, value), [batch, nHeads, seq, headDim]));
        return { value: mixed, saved: [weights, mixed] };
      },
      (dy, [query, key, value]: tf.Tensor4D[], [weights, mixed]: tf.Tensor4D[]) => {
        const dMixed = grouped(swapHeads(dy), nKvHeads);
        const dWeights = tf.matMul(dMixed, value, false, true);
        const dScores: tf.Tensor4D = tf.mul(weights, tf.sub(dWeights, alongOf(dy, mixed, nKvHeads)));
        return [
          tf.reshape(tf.matMul(dScores, key), [batch, nHeads, seq, headDim]),
          tf.matMul(dScores, grouped(query, nKvHeads), true, false),
          tf.matMul(weights, dMixed, true, false),
        ];
      },
    );
  };
}

/** Queries and keys are the same tokens; a key that lies behind its query in the row is never seen. */
function blockwise(queries: Places, keys: Places, size: number): Attention {
  const [batch, seq] = queries.positions.shape;
  const starts = Array.from({ length: Math.ceil(seq / size) }, (_, i) => i * size);
  const sizeAt = (i: number) => Math.min(size, seq - starts[i]);
  const part = ({ positions, documents }: Places, i: number): Places => ({
    positions: tf.slice(positions, [0, starts[i]], [batch, sizeAt(i)]),
    documents: tf.slice(documents, [0, starts[i]], [batch, sizeAt(i)]),
  });
  /** Block j of the keys is at or before block i of the queries. */
  const pair = (i: number, j: number) => (i * (i + 1)) / 2 + j;
  const seen = starts.flatMap((_, i) =>
    starts.slice(0, i + 1).map((_, j) => visible(part(queries, i), part(keys, j))),
  );
  const block = (x: tf.Tensor4D, i: number): tf.Tensor4D =>
    tf.slice(x, [0, 0, starts[i], 0], [batch, x.shape[1], sizeAt(i), x.shape[3]]);

  return (query, key, value) => {
    const [, nHeads, , headDim] = query.shape;
    const nKvHeads = key.shape[1];
    /** Masked scores of query block i over key block j: [batch, nKvHeads, group · rows, columns]. */
    const scoresOf = (query: tf.Tensor4D, key: tf.Tensor4D, seen: tf.Tensor4D): tf.Tensor4D => {
      const [, , rows, columns] = seen.shape;
      const scores = tf.reshape(tf.matMul(query, key, false, true), [batch, nHeads, rows, columns]);
      const hidden = tf.add(scores, biasOf(seen));
      return tf.reshape(hidden, [batch, nKvHeads, -1, columns]);
    };
    return differentiable(
      [query, key, value],
      (query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D) => {
        const mixed: tf.Tensor4D[] = [];
        const logSums: tf.Tensor4D[] = [];
        for (let i = 0; i < starts.length; i++) {
          let rows = grouped(block(query, i), nKvHeads);
          if (i > 0) [rows] = after(mixed[i - 1], [rows]);
          let top: tf.Tensor | undefined; // [batch, nKvHeads, rows, 1]
          let sum: tf.Tensor | undefined;
          let mix: tf.Tensor | undefined;
          // The own block first: a query sees at least itself there, so no maximum is one of hidden keys alone.
          for (let j = i; j >= 0; j--) {
            if (mix) [rows] = after(mix, [rows]);
            const scores = scoresOf(rows, block(key, j), seen[pair(i, j)]);
            const highest = tf.max(scores, 3, true);
            const newTop: tf.Tensor = top ? tf.maximum(top, highest) : highest;
            const weights: tf.Tensor4D = tf.exp(tf.sub(scores, newTop));
            const weightSum = tf.sum(weights, 3, true);
            const part = tf.matMul(weights, block(value, j));
            const keep = top && tf.exp(tf.sub(top, newTop));
            sum = sum && keep ? tf.add(tf.mul(sum, keep), weightSum) : weightSum;
            mix = mix && keep ? tf.add(tf.mul(mix, keep), part) : part;
            top = newTop;
          }
          const shape: [number, number, number, number] = [batch, nHeads, sizeAt(i), headDim];
          mixed.push(tf.reshape(tf.div(mix as tf.Tensor, sum as tf.Tensor), shape));
          logSums.push(tf.add(top as tf.Tensor, tf.log(sum as tf.Tensor)));
        }
        const all = swapHeads(tf.concat(mixed, 2));
        return { value: all, saved: [all, ...logSums, ...seen] };
      },
      (dy, [query, key, value]: tf.Tensor4D[], [mixed, ...saved]: tf.Tensor4D[]) => {
        const logSums = saved.slice(0, starts.length);
        const seen = saved.slice(starts.length);
        const dQuery: tf.Tensor4D[] = [];
        const dKey: tf.Tensor4D[] = [];
        const dValue: tf.Tensor4D[] = [];
        const addTo = (list: tf.Tensor4D[], i: number, part: tf.Tensor4D) => {
          list[i] = list[i] ? tf.add(list[i], part) : part;
        };
        const dMixed = swapHeads(dy);
        const alongs = swapHeads(tf.sum(tf.mul(dy, mixed), 3, true)); // [batch, nHeads, seq, 1]
        let last: tf.Tensor | undefined;
        for (let i = 0; i < starts.length; i++) {
          const dRows = grouped(block(dMixed, i), nKvHeads);
          const along = grouped(block(alongs, i), nKvHeads);
          for (let j = i; j >= 0; j--) {
            let rows = grouped(block(query, i), nKvHeads);
            if (last) [rows] = after(last, [rows]);
            const weights: tf.Tensor4D = tf.exp(
              tf.sub(scoresOf(rows, block(key, j), seen[pair(i, j)]), logSums[i]),
            );
            addTo(dValue, j, tf.matMul(weights, dRows, true, false));
            const dWeights = tf.matMul(dRows, block(value, j), false, true);
            const dScores: tf.Tensor4D = tf.mul(weights, tf.sub(dWeights, along));
            addTo(dQuery, i, tf.matMul(dScores, block(key, j)));
            addTo(dKey, j, tf.matMul(dScores, rows, true, false));
            last = dKey[j];
          }
          dQuery[i] = tf.reshape(dQuery[i], [batch, nHeads, sizeAt(i), headDim]);
        }
        return [tf.concat(dQuery, 2), tf.concat(dKey, 2), tf.concat(dValue, 2)];
      },
    );
  };
}
