/** What goes around a call of a compiled function: its inputs are freed, and values are taken out of its outputs. */
import * as tf from '@tensorflow/tfjs-core';

/** Calls `run` with inputs that are freed afterwards. */
export async function fed<Inputs extends unknown[], Output>(
  inputs: Inputs,
  run: (...inputs: Inputs) => Promise<Output>,
): Promise<Output> {
  try {
    return await run(...inputs);
  } finally {
    tf.dispose(inputs as tf.TensorContainer);
  }
}

/** The values of a tensor, which is freed. */
export async function taken(tensor: tf.Tensor): Promise<Float32Array> {
  const values = await tensor.data<'float32'>();
  tensor.dispose();
  return values;
}
