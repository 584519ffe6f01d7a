/** What a function that is recorded may know and ask of the precision of its program. */
import type * as tf from '@tensorflow/tfjs-core';
import { current } from './record.ts';

/** Whether products are computed in bf16. */
export const multipliesInBf16 = (): boolean => current()?.program.precision === 'bf16';

/**
 * The tensor to keep for a gradient. Where products are computed in bf16, activations are kept rounded to it, in half
 * the memory, as PyTorch's autocast keeps them; elsewhere it is the same tensor. On the way back, take it with `after`
 * from the gradient: else TensorFlow finds that it was had before and keeps that.
 */
export function rounded<T extends tf.Tensor>(tensor: T): T {
  const recording = current();
  if (recording?.program.precision !== 'bf16') return tensor;
  const { recorder, program } = recording;
  return recorder.standIn(program.rounded(recorder.outputOf(tensor))) as T;
}
