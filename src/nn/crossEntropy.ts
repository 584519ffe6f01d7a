/**
 * The output matrix and the cross-entropy over it, by chunks of rows: logits [rows, vocabSize] never exist as a whole.
 * Loss and gradient are computed together, since the gradient needs the probabilities of the loss.
 */
import * as tf from '@tensorflow/tfjs-core';
import { withControlDependency } from '../compile/index.ts';
import { callOp } from '../tensorflow/ops.ts';
import { customGradientWithAux } from './gradients.ts';
import type { TileSizes, Tuning } from './tuning.ts';

/** A smaller probability counts as this one in the loss, 85 nats; the gradient is exact all the same. */
const MIN_PROB = 1e-37;

/**
 * Weighted cross-entropy of hidden · headᵀ, with gradients for hidden and head.
 * @param hidden [rows, dModel]
 * @param head the output matrix, [vocabSize, dModel]
 * @param targets int32 [rows]
 * @param weights [rows]
 * @returns value: Σ weight · loss, a scalar; aux: the loss of each row in nats, [rows], without a gradient
 */
export function linearCrossEntropy(
  hidden: tf.Tensor2D,
  head: tf.Tensor2D,
  targets: tf.Tensor1D,
  weights: tf.Tensor1D,
  tuning: Tuning,
): { value: tf.Scalar; aux: tf.Tensor1D } {
  return customGradientWithAux<tf.Scalar, tf.Tensor1D>(
    [hidden, head],
    (hidden: tf.Tensor2D, head: tf.Tensor2D) => {
      const losses: tf.Tensor1D[] = [];
      const dHidden: tf.Tensor2D[] = [];
      let dHead: tf.Tensor2D | undefined;
      const padded = padVocab(head, tuning);
      for (const chunk of rowChunks(hidden, head, targets, tuning.tileSizes)) {
        const weight: tf.Tensor2D = tf.reshape(tf.slice(weights, chunk.start, chunk.size), [chunk.size, 1]);
        const [rows] = dHead ? withControlDependency(dHead, [chunk.hidden]) : [chunk.hidden];
        const { probs, vocabShare, loss } = chunkLoss(rows, padded, chunk.targets);
        losses.push(loss);
        const scale = tf.div(weight, vocabShare);
        const [freeProbs] = withControlDependency(loss, [probs]);
        const dLogits = subtractAtTargets(freeProbs, chunk.targets, vocabShare, tuning);
        const dRows: tf.Tensor2D = tf.mul(tf.matMul(dLogits, padded.backward), scale);
        dHidden.push(dRows);
        // One product after the other: two large ones at a time evict each other from the caches.
        const [next] = withControlDependency(dRows, [dLogits]);
        const dChunk: tf.Tensor2D = tf.matMul(next, tf.mul(rows, scale), true, false);
        dHead = dHead ? tf.add(dHead, dChunk) : dChunk;
      }
      const aux = concat(losses);
      const value = tf.sum(tf.mul(aux, weights)) as tf.Scalar;
      return { value, aux, saved: [concat(dHidden), tf.slice(dHead as tf.Tensor2D, [0, 0], head.shape)] };
    },
    (dy, _, [dHidden, dHead]: tf.Tensor2D[]) => [tf.mul(dHidden, dy), tf.mul(dHead, dy)],
  );
}

/** The cross-entropy of each row in nats, [rows], without gradients; arguments as in `linearCrossEntropy`. */
export function rowCrossEntropy(
  hidden: tf.Tensor2D,
  head: tf.Tensor2D,
  targets: tf.Tensor1D,
  tuning: Tuning,
): tf.Tensor1D {
  const losses: tf.Tensor1D[] = [];
  const padded = padVocab(head, tuning);
  for (const chunk of rowChunks(hidden, head, targets, tuning.tileSizes)) {
    const previous = losses.at(-1);
    const [rows] = previous ? withControlDependency(previous, [chunk.hidden]) : [chunk.hidden];
    losses.push(chunkLoss(rows, padded, chunk.targets).loss);
  }
  return concat(losses);
}

/** Rows of logits that may exist at a time. */
export const maxLogitsRows = (vocabSize: number, { logitsBytes, minLogitsRows }: TileSizes): number =>
  Math.max(minLogitsRows, Math.floor(logitsBytes / (4 * vocabSize)));

/** Chunks of even size: a last chunk of a few rows would be slow for its size. */
function* rowChunks(hidden: tf.Tensor2D, head: tf.Tensor2D, targets: tf.Tensor1D, tileSizes: TileSizes) {
  const [count, dModel] = hidden.shape;
  const maxRows = maxLogitsRows(head.shape[0], tileSizes);
  const even = Math.ceil(count / Math.ceil(count / maxRows));
  for (let start = 0; start < count; start += even) {
    const size = Math.min(even, count - start);
    yield {
      start,
      size,
      hidden: size === count ? hidden : tf.slice(hidden, [start, 0], [size, dModel]),
      targets: size === count ? targets : tf.slice(targets, start, size),
    };
  }
}

/** The output matrix with some rows more, so that rows of logits do not share cache sets: [vocabSize + padding, dModel]. */
interface PaddedHead {
  /** Padded with copies of its first rows. */
  forward: tf.Tensor2D;
  /** Padded with zeros: a copy adds nothing to the gradient of `hidden`. */
  backward: tf.Tensor2D;
  padding: number;
}

/** Whether rows of logits would share cache sets, so that the output matrix is padded. */
export const isVocabPadded = (vocabSize: number, { aliasingBytes }: Tuning): boolean =>
  (4 * vocabSize) % aliasingBytes === 0;

function padVocab(head: tf.Tensor2D, tuning: Tuning): PaddedHead {
  const [vocabSize, dModel] = head.shape;
  const { vocabPaddingRows } = tuning;
  if (!isVocabPadded(vocabSize, tuning)) return { forward: head, backward: head, padding: 0 };
  return {
    forward: tf.concat([head, tf.slice(head, [0, 0], [vocabPaddingRows, dModel])], 0),
    backward: tf.concat([head, tf.zeros([vocabPaddingRows, dModel])], 0),
    padding: vocabPaddingRows,
  };
}

/**
 * @returns probs: over the padded vocabulary, [rows, vocabSize + padding]. vocabShare: the share of the vocabulary
 * itself, [rows, 1], which corrects for the copies; at least a half, since a copy is as likely as its token
 */
function chunkLoss(hidden: tf.Tensor2D, { forward, padding }: PaddedHead, targets: tf.Tensor1D) {
  const probs: tf.Tensor2D = tf.softmax(tf.matMul(hidden, forward, false, true));
  const [rows, width] = probs.shape;
  const copies = tf.sum(tf.slice(probs, [0, width - padding], [rows, padding]), 1, true);
  const vocabShare: tf.Tensor2D = tf.sub(1, copies);
  const targetProb = tf.div(tf.gather(probs, tf.expandDims(targets, 1), 1, 1), vocabShare);
  const loss: tf.Tensor1D = tf.neg(tf.log(tf.maximum(tf.reshape(targetProb, [-1]), MIN_PROB)));
  return { probs, vocabShare, loss };
}

/**
 * Subtracts amounts[row] at [row, targets[row]]: from probs to the gradient of the logits, both times `vocabShare`.
 * @param amounts [rows, 1]
 */
function subtractAtTargets(
  probs: tf.Tensor2D,
  targets: tf.Tensor1D,
  amounts: tf.Tensor2D,
  { scatters }: Tuning,
): tf.Tensor2D {
  const [rows, width] = probs.shape;
  if (!scatters) return tf.sub(probs, tf.mul(tf.oneHot(targets, width), amounts));
  const indices = tf.stack([tf.range(0, rows, 1, 'int32'), targets], 1);
  return callOp('TensorScatterSub', [probs, indices, tf.reshape(amounts, [rows])]);
}

const concat = <T extends tf.Tensor>(parts: T[]): T =>
  (parts.length === 1 ? parts[0] : tf.concat(parts as unknown as tf.Tensor1D[], 0)) as T;
