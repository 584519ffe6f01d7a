/**
 * Gradients of Sum and Mean that broadcast. tfjs multiplies by an array of ones that it makes in JavaScript, as large
 * as the input: a constant of half a gigabyte at a billion parameters. These hold for computing op by op too.
 */
import * as tf from '@tensorflow/tfjs-core';

/** dy [reduced] spread over the shape of x. */
function spread(dy: tf.Tensor, x: tf.Tensor, axis: number | number[]): tf.Tensor {
  const axes = tf.util.parseAxisParam(axis, x.shape);
  const kept = x.shape.map((size, i) => (axes.includes(i) ? 1 : size));
  return tf.broadcastTo(tf.reshape(dy, kept), x.shape as [number]);
}

export function betterGradients(): void {
  const replace = (kernelName: string, gradFunc: tf.GradFunc) => {
    tf.unregisterGradient(kernelName);
    tf.registerGradient({ kernelName, inputsToSave: ['x'], gradFunc });
  };
  type Attributes = { axis: number | number[] };
  replace('Sum', (dy, [x], attributes) => ({
    x: () => spread(dy as tf.Tensor, x, (attributes as unknown as Attributes).axis),
  }));
  replace('Mean', (dy, [x], attributes) => {
    const { axis } = attributes as unknown as Attributes;
    const count = tf.util.parseAxisParam(axis, x.shape).reduce((product, i) => product * x.shape[i], 1);
    return { x: () => spread(tf.div(dy as tf.Tensor, count), x, axis) };
  });
}
