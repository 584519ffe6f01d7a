/**
 * The output matrix and the cross-entropy over it, chunk by chunk of rows, so that logits [rows, vocabSize] never exist
 * whole. Loss and gradient are computed together: the gradient needs what the loss has just made.
 */
import * as tf from '@tensorflow/tfjs-core';
import { after } from '../compile/record.ts';
import { callOp, differentiable } from '../runtime/ops.ts';
import { startedDevice } from '../runtime/start.ts';
import { type Grain, grain } from './grain.ts';

/** Rows of a chunk at least: each adds up a whole gradient of the head. */
const LEAST_ROWS = 512;
/**
 * Where rows of logits share their places in the cache, products that read them by columns take nearly twice the time.
 * Such a vocabulary is widened by copies of its first tokens, which are set right after.
 */
const COPIES = 16;
/** A token less likely than this counts as −log of it, 85 nats; its gradient is exact all the same. */
const LEAST = 1e-37;

/**
 * Cross-entropy of rows, weighted.
 * @param hidden [rows, dModel]
 * @param head [vocabSize, dModel]
 * @param targets int32 [rows]
 * @param weights [rows]
 * @param mostRows of a chunk
 * @returns total: Σ weight · loss, with gradients for hidden and head. losses: nats, [rows], without; the caller disposes it
 */
export function headLoss(
  hidden: tf.Tensor2D,
  head: tf.Tensor2D,
  targets: tf.Tensor1D,
  weights: tf.Tensor1D,
  mostRows = rowsFor(head),
): { total: tf.Scalar; losses: tf.Tensor1D } {
  let kept: tf.Tensor1D | undefined;
  const total = differentiable<tf.Scalar>(
    [hidden, head],
    (hidden: tf.Tensor2D, head: tf.Tensor2D) => {
      const losses: tf.Tensor1D[] = [];
      const dHidden: tf.Tensor2D[] = [];
      let dHead: tf.Tensor2D | undefined;
      const wide = widened(head);
      for (const rows of chunks(hidden, targets, mostRows)) {
        const weight: tf.Tensor2D = tf.reshape(tf.slice(weights, rows.start, rows.size), [rows.size, 1]);
        const [picked] = dHead ? after(dHead, [rows.hidden]) : [rows.hidden];
        const { likelihoods, share, loss } = chunkLoss(picked, wide, rows.targets);
        losses.push(loss);
        const scale = tf.div(weight, share);
        const dLogits = minusAt(after(loss, [likelihoods])[0], rows.targets, share);
        const part: tf.Tensor2D = tf.mul(tf.matMul(dLogits, wide.backward), scale);
        dHidden.push(part);
        // One product after the other: side by side, two large ones push each other out of the caches.
        const [next] = after(part, [dLogits]);
        const dPart: tf.Tensor2D = tf.matMul(next, tf.mul(picked, scale), true, false);
        dHead = dHead ? tf.add(dHead, dPart) : dPart;
      }
      kept = tf.keep(concat(losses));
      const value = tf.sum(tf.mul(kept, weights)) as tf.Scalar;
      return { value, saved: [concat(dHidden), tf.slice(dHead as tf.Tensor2D, [0, 0], head.shape)] };
    },
    (dy, _, [dHidden, dHead]: tf.Tensor2D[]) => [tf.mul(dHidden, dy), tf.mul(dHead, dy)],
  );
  return { total, losses: kept as unknown as tf.Tensor1D };
}

/** Cross-entropy in nats of each row, [rows], without gradients. */
export function headLosses(
  hidden: tf.Tensor2D,
  head: tf.Tensor2D,
  targets: tf.Tensor1D,
  mostRows = rowsFor(head),
): tf.Tensor1D {
  const losses: tf.Tensor1D[] = [];
  const wide = widened(head);
  for (const rows of chunks(hidden, targets, mostRows)) {
    const [picked] = losses.length > 0 ? after(losses[losses.length - 1], [rows.hidden]) : [rows.hidden];
    losses.push(chunkLoss(picked, wide, rows.targets).loss);
  }
  return concat(losses);
}

const rowsFor = ({ shape: [vocabSize] }: tf.Tensor2D): number => rowsOfChunk(vocabSize, grain());

/** Most rows of which the logits exist at once. */
export const rowsOfChunk = (vocabSize: number, { logitBytes }: Grain): number =>
  Math.max(LEAST_ROWS, Math.floor(logitBytes / (4 * vocabSize)));

function* chunks(hidden: tf.Tensor2D, targets: tf.Tensor1D, most: number) {
  const [count, dModel] = hidden.shape;
  // Chunks of even size: a last one of a few rows would be slow for its size.
  const even = Math.ceil(count / Math.ceil(count / most));
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

/** The output matrix as the two passes read it: [vocabSize + copies, dModel]. */
interface WideHead {
  /** Its first rows once more behind it. */
  forward: tf.Tensor2D;
  /** Zeros there: a copy hands no gradient on. */
  backward: tf.Tensor2D;
  copies: number;
}

function widened(head: tf.Tensor2D): WideHead {
  const [vocabSize, dModel] = head.shape;
  if ((4 * vocabSize) % grain().aliasingBytes !== 0) return { forward: head, backward: head, copies: 0 };
  return {
    forward: tf.concat([head, tf.slice(head, [0, 0], [COPIES, dModel])], 0),
    backward: tf.concat([head, tf.zeros([COPIES, dModel])], 0),
    copies: COPIES,
  };
}

/**
 * @returns likelihoods: [rows, vocabSize + copies], copies counted in. share: of them all, what the vocabulary itself
 * has, [rows, 1]; never under a half, since a copy is as likely as its token
 */
function chunkLoss(hidden: tf.Tensor2D, { forward, copies }: WideHead, targets: tf.Tensor1D) {
  const likelihoods: tf.Tensor2D = tf.softmax(tf.matMul(hidden, forward, false, true));
  const [rows, width] = likelihoods.shape;
  const ofCopies = tf.sum(tf.slice(likelihoods, [0, width - copies], [rows, copies]), 1, true);
  const share: tf.Tensor2D = tf.sub(1, ofCopies);
  const ofTarget = tf.div(tf.gather(likelihoods, tf.expandDims(targets, 1), 1, 1), share);
  const loss: tf.Tensor1D = tf.neg(tf.log(tf.maximum(tf.reshape(ofTarget, [-1]), LEAST)));
  return { likelihoods, share, loss };
}

/** Subtracts what[row] at [row, targets[row]]: from likelihoods to the gradient of the logits, both times `share`. */
function minusAt(likelihoods: tf.Tensor2D, targets: tf.Tensor1D, what: tf.Tensor2D): tf.Tensor2D {
  const [rows, width] = likelihoods.shape;
  // A GPU scatters in no fixed order, so that TensorFlow, told to repeat itself to the bit, sends it all to the CPU.
  if (startedDevice() === 'gpu') return tf.sub(likelihoods, tf.mul(tf.oneHot(targets, width), what));
  const places = tf.stack([tf.range(0, rows, 1, 'int32'), targets], 1);
  return callOp('TensorScatterSub', [likelihoods, places, tf.reshape(what, [rows])]);
}

const concat = <T extends tf.Tensor>(parts: T[]): T =>
  (parts.length === 1 ? parts[0] : tf.concat(parts as unknown as tf.Tensor1D[], 0)) as T;
