/**
 * Gradients of Sum and Mean by broadcasting. tfjs multiplies by an array of ones that it makes in JavaScript, as large
 * as the input: with a billion parameters a constant of half a gigabyte.
 */
import * as tf from '@tensorflow/tfjs-core';

/** dy, of the reduced shape, broadcast to the shape of x. */
function broadcastGradient(dy: tf.Tensor, x: tf.Tensor, axis: number | number[]): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis, x.shape);
  const keptDims = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return tf.broadcastTo(tf.reshape(dy, keptDims), x.shape as [number]);
}

/** Replaces tfjs's gradients of Sum and Mean in this process, for eager and for compiled functions. Call once. */
export function registerGradients(): void {
  const replace = (kernelName: string, gradFunc: tf.GradFunc) => {
    tf.unregisterGradient(kernelName);
    tf.registerGradient({ kernelName, inputsToSave: ['x'], gradFunc });
  };
  type Attributes = { axis: number | number[] };
  replace('Sum', (dy, [x], attributes) => ({
    x: () => broadcastGradient(dy as tf.Tensor, x, (attributes as unknown as Attributes).axis),
  }));
  replace('Mean', (dy, [x], attributes) => {
    const { axis } = attributes as unknown as Attributes;
    const count = tf.util.parseAxisParam(axis, x.shape).reduce((product, i) => product * x.shape[i], 1);
    return { x: () => broadcastGradient(tf.div(dy as tf.Tensor, count), x, axis) };
  });
}
