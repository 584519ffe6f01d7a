/** A door to TensorFlow ops that tfjs has no function for. They have no gradient: wrap them in `tf.customGrad`. */
import * as tf from '@tensorflow/tfjs-core';

/** The part of tfjs-node's backend that is used here. */
interface NodeBackend {
  binding: { TF_ATTR_TYPE: number; TF_FLOAT: number; TF_INT32: number };
  executeMultipleOutputs(name: string, attributes: object[], inputs: tf.Tensor[], count: number): tf.Tensor[];
}

/**
 * Runs op `name` of TensorFlow on float32 and int32 tensors.
 * @param types type attributes by the index of the input whose dtype they name; default: T of the first input
 * @returns `count` outputs, which the caller disposes
 */
export function callOp(
  name: string,
  inputs: tf.Tensor[],
  count: number,
  types: Record<string, number> = { T: 0 },
): tf.Tensor[] {
  const backend = tf.backend() as unknown as NodeBackend;
  const { TF_ATTR_TYPE, TF_FLOAT, TF_INT32 } = backend.binding;
  const attributes = Object.entries(types).map(([attribute, input]) => ({
    name: attribute,
    type: TF_ATTR_TYPE,
    value: inputs[input].dtype === 'int32' ? TF_INT32 : TF_FLOAT,
  }));
  return backend.executeMultipleOutputs(name, attributes, inputs, count);
}
