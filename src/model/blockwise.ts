/** Attention block by block with a running softmax (FlashAttention, arXiv 2205.14135): [heads, seq, seq] never exists. */
import * as tf from '@tensorflow/tfjs-core';
import { rounded } from '../compile/precision.ts';
import { after } from '../compile/record.ts';
import { differentiable } from '../runtime/ops.ts';
import { type Attention, alongOf, grouped, swapHeads, tokensFrom } from './heads.ts';
import { biasOf, type Places, placesFrom, visible } from './places.ts';

/** Queries and keys are the same tokens; a key that lies behind its query in the row is never seen. */
export function blockwise(queries: Places, keys: Places, size: number, window: number | null): Attention {
  const [batch, seq] = queries.positions.shape;
  const starts = Array.from({ length: Math.ceil(seq / size) }, (_, i) => i * size);
  const sizeAt = (i: number) => Math.min(size, seq - starts[i]);
  const part = (places: Places, i: number) => placesFrom(places, starts[i], sizeAt(i));
  /** Block j of the keys is at or before block i of the queries. */
  const pair = (i: number, j: number) => (i * (i + 1)) / 2 + j;
  const seen = starts.flatMap((_, i) =>
    starts.slice(0, i + 1).map((_, j) => visible(part(queries, i), part(keys, j), window)),
  );
  const block = (x: tf.Tensor4D, i: number) => tokensFrom(x, starts[i], sizeAt(i));

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
      (...inputs: tf.Tensor4D[]) => {
        const [query, key, value] = inputs.map(rounded);
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
        return { value: all, saved: [query, key, value, rounded(all), ...logSums, ...seen] };
      },
      (dy, _, saved: tf.Tensor4D[]) => {
        const [query, key, value, mixed] = after(dy, saved.slice(0, 4));
        const logSums = saved.slice(4, 4 + starts.length);
        const seen = saved.slice(4 + starts.length);
        const dQuery: tf.Tensor4D[] = [];
        const dKey: tf.Tensor4D[] = [];
        const dValue: tf.Tensor4D[] = [];
        const addTo = (list: tf.Tensor4D[], i: number, part: tf.Tensor4D) => {
          list[i] = list[i] ? tf.add(list[i], part) : part;
        };
        const dMixed = swapHeads(dy);
        const alongs = alongOf(dy, mixed); // [batch, nHeads, seq, 1]
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
