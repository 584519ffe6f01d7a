/** Which keys a query attends to. */
import * as tf from '@tensorflow/tfjs-core';

/** What masks are made of; int32 [batch, length]. A query sees the keys of its own segment at positions up to its own. */
export interface MaskInputs {
  /** Position of each token within its segment, from 0. */
  positions: tf.Tensor2D;
  /** Which segment (packed document) of its row each token belongs to; −1 is padding. */
  segmentIds: tf.Tensor2D;
}

/** Added to the score of a masked key. Finite: the softmax of a row of −Infinity alone would be NaN. */
const MASKED_SCORE = -1e9;

/** The mask inputs of `size` tokens from column `start` on. */
export function sliceMaskInputs(
  { positions, segmentIds }: MaskInputs,
  start: number,
  size: number,
): MaskInputs {
  const [batch, length] = positions.shape;
  if (size === length) return { positions, segmentIds };
  const slice = (x: tf.Tensor2D): tf.Tensor2D => tf.slice(x, [0, start], [batch, size]);
  return { positions: slice(positions), segmentIds: slice(segmentIds) };
}

/**
 * The attention mask, bool [batch, 1, queries, keys]: true where the query attends to the key.
 * @param window number of latest tokens that a query sees, itself included; null: all
 */
export function attentionMask(queries: MaskInputs, keys: MaskInputs, window: number | null): tf.Tensor4D {
  // Compared as floats: with a GPU, TensorFlow compares integers on the CPU, one by one.
  const column = (x: tf.Tensor2D) => tf.expandDims(tf.cast(x, 'float32'), 2); // [batch, queries, 1]
  const row = (x: tf.Tensor2D) => tf.expandDims(tf.cast(x, 'float32'), 1); // [batch, 1, keys]
  const sameSegment = tf.equal(column(queries.segmentIds), row(keys.segmentIds));
  const notLater = tf.greaterEqual(column(queries.positions), row(keys.positions));
  const causal = tf.logicalAnd(sameSegment, notLater);
  if (window === null) return tf.expandDims(causal, 1);
  const firstUnseen = tf.add(row(keys.positions), window);
  return tf.expandDims(tf.logicalAnd(causal, tf.less(column(queries.positions), firstUnseen)), 1);
}

/** The mask as a bias to add to scores, float32: 0 where true, else `MASKED_SCORE`. */
export const maskBias = (mask: tf.Tensor4D): tf.Tensor4D =>
  tf.mul(tf.sub(1, tf.cast(mask, 'float32')), MASKED_SCORE);
