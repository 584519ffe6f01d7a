/** Kernels of the recording backend that replace those of tfjs-node where these read values or add needless ops. */
import * as tf from '@tensorflow/tfjs-core';
import type { NodeBackend } from '../tensorflow/tfjs.ts';

type Inputs = Record<string, tf.TensorInfo>;
type Attributes = Record<string, never>;
type Kernel = (inputs: Inputs, attributes: Attributes, backend: NodeBackend) => tf.TensorInfo;

const KERNELS: Record<string, Kernel> = {
  /** tfjs-node reads the indices to check them. TensorFlow checks them itself when it runs on a CPU. */
  GatherV2({ x, indices }, { axis, batchDims }, backend) {
    const axisTensor = tf.scalar(axis, 'int32');
    const attributes = [{ name: 'batch_dims', value: batchDims }];
    return backend.executeSingleOutput('GatherV2', attributes, [x, indices, axisTensor]);
  },
  /** The same output as another tensor, without an op. */
  Identity({ x }, _, backend) {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  },
  /** Two matrices have an op of their own, which is faster than the op for batches. */
  BatchMatMul({ a, b }, { transposeA, transposeB }, backend) {
    const transposes = (first: string, second: string) => [
      { name: first, value: transposeA },
      { name: second, value: transposeB },
    ];
    return a.shape.length === 2 && b.shape.length === 2
      ? backend.executeSingleOutput('MatMul', transposes('transpose_a', 'transpose_b'), [a, b])
      : backend.executeSingleOutput('BatchMatMulV2', transposes('adj_x', 'adj_y'), [a, b]);
  },
};

/** Replaces kernels of the backend named `backendName`. */
export function replaceKernels(backendName: string): void {
  for (const [kernelName, kernel] of Object.entries(KERNELS)) {
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        kernel(inputs as Inputs, attrs as Attributes, backend as NodeBackend),
    });
  }
}
