/** Layouts of queries, keys and values, and what the attention kernels share. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * Grouped-query attention of one layer; scores are not scaled, so queries come scaled.
 * @param query [batch, nHeads, seq, headDim]
 * @param key [batch, nKvHeads, length, headDim], and so is value
 * @returns [batch, seq, nHeads, headDim]
 */
export type Attention = (query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D) => tf.Tensor4D;

/** [batch, heads, seq, headDim] to [batch, seq, heads, headDim], and back. */
export const swapHeads = (x: tf.Tensor4D): tf.Tensor4D => tf.transpose(x, [0, 2, 1, 3]);

/** Tokens `start` to `start + size` of x [batch, heads, seq, headDim]. */
export function sliceTokens(x: tf.Tensor4D, start: number, size: number): tf.Tensor4D {
  const [batch, heads, seq, headDim] = x.shape;
  return size === seq ? x : tf.slice(x, [0, 0, start, 0], [batch, heads, size, headDim]);
}

/** Joins tiles [batch, heads, tokens, headDim] along the tokens. */
export const concatTokens = (tiles: tf.Tensor4D[]): tf.Tensor4D =>
  tiles.length === 1 ? tiles[0] : tf.concat(tiles, 2);

/**
 * [batch, nHeads, seq, headDim] to [batch, nKvHeads, group · seq, headDim]: query heads that share a key head become
 * further rows of one product.
 */
export function groupQueries(query: tf.Tensor4D, nKvHeads: number): tf.Tensor4D {
  const [batch, nHeads, seq, headDim] = query.shape;
  return tf.reshape(query, [batch, nKvHeads, (nHeads / nKvHeads) * seq, headDim]);
}

/**
 * The softmax gradient's row term Σ dProbs · probs, equal to Σ dAttnOut · attnOut (delta in FlashAttention-2,
 * arXiv 2307.08691).
 * @param dy and attnOut [batch, seq, nHeads, headDim]
 * @returns [batch, nHeads, seq, 1]
 */
export const softmaxDelta = (dy: tf.Tensor4D, attnOut: tf.Tensor4D): tf.Tensor4D =>
  swapHeads(tf.sum(tf.mul(dy, attnOut), 3, true));
