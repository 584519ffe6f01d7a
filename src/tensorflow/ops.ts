/** TensorFlow ops by name, for what tfjs has no function. */
import type * as tf from '@tensorflow/tfjs-core';
import { activeBackend } from './tfjs.ts';

/**
 * Runs or records op `name`. It has no gradient: call it inside `customGradient`.
 * @param inputs in the op's order; its type attributes follow from them
 * @returns the op's first output
 */
export const callOp = <T extends tf.Tensor = tf.Tensor>(name: string, inputs: tf.Tensor[]): T =>
  activeBackend().executeSingleOutput(name, [], inputs) as T;
