/** The product with a low-rank adapter (LoRA, arXiv 2106.09685). */
import * as tf from '@tensorflow/tfjs-core';
import { linear } from './linear.ts';
import type { Tuning } from './tuning.ts';

/** scale · x · Aᵀ · Bᵀ for x [rows, in], A [rank, in] and B [out, rank]: [rows, out]. */
export const loraMatmul = (
  x: tf.Tensor2D,
  a: tf.Tensor,
  b: tf.Tensor,
  scale: number,
  tuning: Tuning,
): tf.Tensor2D => tf.mul(linear(linear(x, a, tuning), b, tuning), scale);
