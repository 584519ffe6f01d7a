/** Where tokens stand, and which of them see each other. */
import * as tf from '@tensorflow/tfjs-core';

/** int32 [batch, length]: a query sees keys of its own document at positions up to its own. */
export interface Places {
  positions: tf.Tensor2D;
  documents: tf.Tensor2D;
}

/** Added to the score of a key that a query must not see. Finite: a row of −Infinity alone would softmax to NaN. */
const HIDDEN = -1e9;

/** Those of `size` tokens from `start` on. */
export function placesFrom({ positions, documents }: Places, start: number, size: number): Places {
  const [batch, length] = positions.shape;
  if (size === length) return { positions, documents };
  const cut = (t: tf.Tensor2D): tf.Tensor2D => tf.slice(t, [0, start], [batch, size]);
  return { positions: cut(positions), documents: cut(documents) };
}

/**
 * True where a query sees a key: [batch, 1, queries, keys].
 * @param window how many tokens back it sees, itself included; null: all
 */
export function visible(queries: Places, keys: Places, window: number | null = null): tf.Tensor4D {
  // As floats: with a GPU at hand TensorFlow compares whole numbers on the CPU, one after the other.
  const rows = (t: tf.Tensor2D) => tf.expandDims(tf.cast(t, 'float32'), 2); // [batch, queries, 1]
  const columns = (t: tf.Tensor2D) => tf.expandDims(tf.cast(t, 'float32'), 1); // [batch, 1, keys]
  const sameDocument = tf.equal(rows(queries.documents), columns(keys.documents));
  const notLater = tf.greaterEqual(rows(queries.positions), columns(keys.positions));
  const seen = tf.logicalAnd(sameDocument, notLater);
  if (window === null) return tf.expandDims(seen, 1);
  const farthest = tf.add(columns(keys.positions), window);
  return tf.expandDims(tf.logicalAnd(seen, tf.less(rows(queries.positions), farthest)), 1);
}

/** 0 where a query sees a key, very negative elsewhere, float32. */
export const biasOf = (seen: tf.Tensor4D): tf.Tensor4D => tf.mul(tf.sub(1, tf.cast(seen, 'float32')), HIDDEN);
