/** Doors to what tfjs has no function for: TensorFlow ops by name, and functions with gradients of their own. */
import * as tf from '@tensorflow/tfjs-core';

/** The part of tfjs-node's backend that is used here. */
interface NodeBackend {
  binding: Record<string, number>;
  executeMultipleOutputs(name: string, attributes: object[], inputs: tf.Tensor[], count: number): tf.Tensor[];
}

/**
 * Runs op `name` of TensorFlow. It has no gradient: wrap it in `differentiable`.
 * @param flags attributes of bool; dtypes follow from the inputs
 * @returns `count` outputs, which the caller disposes
 */
export function callOps(
  name: string,
  inputs: tf.Tensor[],
  count: number,
  flags: Record<string, boolean> = {},
): tf.Tensor[] {
  const backend = tf.backend() as unknown as NodeBackend;
  const type = backend.binding.TF_ATTR_BOOL;
  const attributes = Object.entries(flags).map(([attribute, value]) => ({ name: attribute, type, value }));
  return backend.executeMultipleOutputs(name, attributes, inputs, count);
}

/** The same for an op with one output. */
export function callOp<T extends tf.Tensor = tf.Tensor>(
  name: string,
  inputs: tf.Tensor[],
  flags: Record<string, boolean> = {},
): T {
  return callOps(name, inputs, 1, flags)[0] as T;
}

/**
 * Computes `forward` and tells tfjs its gradient.
 * @param forward gives the value, and the tensors that `backward` needs besides the inputs: others are freed by then
 * @param backward from the gradient of the value to one gradient an input
 */
export function differentiable<T extends tf.Tensor>(
  inputs: tf.Tensor[],
  forward: (...inputs: never[]) => { value: T; saved?: tf.Tensor[] },
  backward: (dy: T, inputs: never[], saved: never[]) => tf.Tensor[],
): T {
  const compute = tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as tf.GradSaveFunc;
    const tensors = given.slice(0, -1) as never[];
    const { value, saved = [] } = forward(...tensors);
    save([...tensors, ...saved]);
    const gradFunc = (dy: tf.Tensor, kept: tf.Tensor[]) =>
      backward(dy as T, kept.slice(0, inputs.length) as never[], kept.slice(inputs.length) as never[]);
    return { value, gradFunc };
  });
  return compute(...inputs) as T;
}

/**
 * Values under which an op that TensorFlow has for the whole of a thing (Roll, Softmax, its fused gate) loses to a few
 * plain ones: it takes 30 to 40 µs to begin, which a step of generation pays in every layer.
 */
export const FEW = 16_384;
