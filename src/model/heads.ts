/** Layouts of what attention reads: heads beside tokens, or tokens beside heads. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * Attention over keys and values of one layer.
 * @param query [batch, nHeads, seq, headDim]; key and value [batch, nKvHeads, length, headDim]
 * @returns [batch, seq, nHeads, headDim]
 */
export type Attention = (query: tf.Tensor4D, key: tf.Tensor4D, value: tf.Tensor4D) => tf.Tensor4D;

/** From [batch, heads, seq, headDim] to [batch, seq, heads, headDim], and back. */
export const swapHeads = (x: tf.Tensor4D): tf.Tensor4D => tf.transpose(x, [0, 2, 1, 3]);

/** `size` tokens of x [batch, heads, seq, headDim], from `start` on. */
export function tokensFrom(x: tf.Tensor4D, start: number, size: number): tf.Tensor4D {
  const [batch, heads, seq, headDim] = x.shape;
  return size === seq ? x : tf.slice(x, [0, 0, start, 0], [batch, heads, size, headDim]);
}

/** Query heads of one group share a key head: they lie one below the other as further query rows. */
export function grouped(query: tf.Tensor4D, nKvHeads: number): tf.Tensor4D {
  const [batch, nHeads, seq, headDim] = query.shape;
  return tf.reshape(query, [batch, nKvHeads, (nHeads / nKvHeads) * seq, headDim]);
}

/**
 * Σ dWeights · weights of each query, which is Σ dMixed · mixed: [batch, nHeads, seq, 1].
 * @param dy and mixed [batch, seq, nHeads, headDim]
 */
export const alongOf = (dy: tf.Tensor4D, mixed: tf.Tensor4D): tf.Tensor4D =>
  swapHeads(tf.sum(tf.mul(dy, mixed), 3, true));
