/**
 * Causal attention by blocks of queries and keys with a running softmax (FlashAttention, arXiv 2205.14135), in plain
 * ops: scores [heads, seq, seq] never exist.
 */
import * as tf from '@tensorflow/tfjs-core';
import { rounded, withControlDependency } from '../../compile/index.ts';
import { customGradient } from '../gradients.ts';
import type { Tuning } from '../tuning.ts';
import { type Attention, groupQueries, sliceTokens, softmaxDelta, swapHeads } from './layout.ts';
import { attentionMask, type MaskInputs, maskBias, sliceMaskInputs } from './mask.ts';

/**
 * Queries and keys are the same tokens, so block i of the queries sees blocks 0 to i of the keys.
 * @param window number of latest tokens that a query sees, itself included; null: all
 */
export function blockwiseAttention(
  queries: MaskInputs,
  keys: MaskInputs,
  window: number | null,
  { tileSizes: { attentionBlockTokens } }: Tuning,
): Attention {
  const [batch, seq] = queries.positions.shape;
  const starts = Array.from(
    { length: Math.ceil(seq / attentionBlockTokens) },
    (_, i) => i * attentionBlockTokens,
  );
  const sizeOf = (i: number) => Math.min(attentionBlockTokens, seq - starts[i]);
  const maskInputs = (all: MaskInputs, i: number) => sliceMaskInputs(all, starts[i], sizeOf(i));
  /** Index of the mask of query block i and key block j. */
  const pair = (i: number, j: number) => (i * (i + 1)) / 2 + j;
  const masks = starts.flatMap((_, i) =>
    starts.slice(0, i + 1).map((_, j) => attentionMask(maskInputs(queries, i), maskInputs(keys, j), window)),
  );
  const block = (x: tf.Tensor4D, i: number) => sliceTokens(x, starts[i], sizeOf(i));

  return (query, key, value) => {
    const [, nHeads, , headDim] = query.shape;
    const nKvHeads = key.shape[1];
    /** Masked scores of one block of queries over one of keys: [batch, nKvHeads, group · rows, columns]. */
    const maskedScores = (query: tf.Tensor4D, key: tf.Tensor4D, mask: tf.Tensor4D): tf.Tensor4D => {
      const [, , rows, columns] = mask.shape;
      const scores = tf.reshape(tf.matMul(query, key, false, true), [batch, nHeads, rows, columns]);
      return tf.reshape(tf.add(scores, maskBias(mask)), [batch, nKvHeads, -1, columns]);
    };
    return customGradient(
      [query, key, value],
      (...inputs: tf.Tensor4D[]) => {
        const [query, key, value] = inputs.map(rounded);
        const outputs: tf.Tensor4D[] = [];
        const logSumExps: tf.Tensor4D[] = [];
        for (let i = 0; i < starts.length; i++) {
          let rows = groupQueries(block(query, i), nKvHeads);
          if (i > 0) [rows] = withControlDependency(outputs[i - 1], [rows]);
          let max: tf.Tensor | undefined; // [batch, nKvHeads, group · rows, 1]
          let sum: tf.Tensor | undefined;
          let weighted: tf.Tensor | undefined; // Σ exp(score − max) · value
          // From the diagonal block on: each query sees itself there, so no maximum is of masked keys alone.
          for (let j = i; j >= 0; j--) {
            if (weighted) [rows] = withControlDependency(weighted, [rows]);
            const scores = maskedScores(rows, block(key, j), masks[pair(i, j)]);
            const blockMax = tf.max(scores, 3, true);
            const newMax: tf.Tensor = max ? tf.maximum(max, blockMax) : blockMax;
            const exps: tf.Tensor4D = tf.exp(tf.sub(scores, newMax));
            const blockSum = tf.sum(exps, 3, true);
            const blockOut = tf.matMul(exps, block(value, j));
            const rescale = max && tf.exp(tf.sub(max, newMax));
            sum = sum && rescale ? tf.add(tf.mul(sum, rescale), blockSum) : blockSum;
            weighted = weighted && rescale ? tf.add(tf.mul(weighted, rescale), blockOut) : blockOut;
            max = newMax;
          }
          const shape: [number, number, number, number] = [batch, nHeads, sizeOf(i), headDim];
          outputs.push(tf.reshape(tf.div(weighted as tf.Tensor, sum as tf.Tensor), shape));
          logSumExps.push(tf.add(max as tf.Tensor, tf.log(sum as tf.Tensor)));
        }
        const attnOut = swapHeads(tf.concat(outputs, 2));
        return { value: attnOut, saved: [query, key, value, rounded(attnOut), ...logSumExps, ...masks] };
      },
      (dy, _, saved: tf.Tensor4D[]) => {
        const [query, key, value, attnOut] = withControlDependency(dy, saved.slice(0, 4));
        const logSumExps = saved.slice(4, 4 + starts.length);
        const masks = saved.slice(4 + starts.length);
        const dQuery: tf.Tensor4D[] = [];
        const dKey: tf.Tensor4D[] = [];
        const dValue: tf.Tensor4D[] = [];
        const addTo = (sums: tf.Tensor4D[], i: number, term: tf.Tensor4D) => {
          sums[i] = sums[i] ? tf.add(sums[i], term) : term;
        };
        const dAttnOut = swapHeads(dy);
        const delta = softmaxDelta(dy, attnOut); // [batch, nHeads, seq, 1]
        let previous: tf.Tensor | undefined;
        for (let i = 0; i < starts.length; i++) {
          const dRows = groupQueries(block(dAttnOut, i), nKvHeads);
          const rowDelta = groupQueries(block(delta, i), nKvHeads);
          for (let j = i; j >= 0; j--) {
            let rows = groupQueries(block(query, i), nKvHeads);
            if (previous) [rows] = withControlDependency(previous, [rows]);
            const scores = maskedScores(rows, block(key, j), masks[pair(i, j)]);
            const probs: tf.Tensor4D = tf.exp(tf.sub(scores, logSumExps[i]));
            addTo(dValue, j, tf.matMul(probs, dRows, true, false));
            const dProbs = tf.matMul(dRows, block(value, j), false, true);
            const dScores: tf.Tensor4D = tf.mul(probs, tf.sub(dProbs, rowDelta));
            addTo(dQuery, i, tf.matMul(dScores, block(key, j)));
            addTo(dKey, j, tf.matMul(dScores, rows, true, false));
            previous = dKey[j];
          }
          dQuery[i] = tf.reshape(dQuery[i], [batch, nHeads, sizeOf(i), headDim]);
        }
        return [tf.concat(dQuery, 2), tf.concat(dKey, 2), tf.concat(dValue, 2)];
      },
    );
  };
}
