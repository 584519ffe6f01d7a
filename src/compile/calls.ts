/** Helpers around the call of a compiled function. */
import * as tf from '@tensorflow/tfjs-core';

/** Calls `run` with `inputs`, then disposes them, also when it throws. */
export async function withInputs<Inputs extends unknown[], Output>(
  inputs: Inputs,
  run: (...inputs: Inputs) => Promise<Output>,
): Promise<Output> {
  try {
    return await run(...inputs);
  } finally {
    tf.dispose(inputs as tf.TensorContainer);
  }
}

/** The values of a tensor, which is disposed. */
export async function readAndDispose(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  tensor.dispose();
  return values;
}
