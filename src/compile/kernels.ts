/** Kernels that the recording backend has of its own, where tfjs-node's look at values or add needless ops. */
import * as tf from '@tensorflow/tfjs-core';
import { BACKEND } from './recorder.ts';

interface NodeBackend extends tf.KernelBackend {
  binding: Record<string, number>;
  executeSingleOutput(name: string, attributes: object[], inputs: tf.TensorInfo[]): tf.TensorInfo;
}

type Inputs = Record<string, tf.TensorInfo>;
type Attributes = Record<string, never>;
type Kernel = (inputs: Inputs, attributes: Attributes, backend: NodeBackend) => tf.TensorInfo;

const KERNELS: Record<string, Kernel> = {
  /** tfjs-node reads the indices to check them; TensorFlow checks them itself when it runs on a CPU. */
  GatherV2({ x, indices }, { axis, batchDims }, backend) {
    const axisTensor = tf.scalar(axis, 'int32');
    const attributes = [{ name: 'batch_dims', value: batchDims }];
    return backend.executeSingleOutput('GatherV2', attributes, [x, indices, axisTensor]);
  },
  /** The same output under another tensor. */
  Identity({ x }, _, backend) {
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  },
  /** Products of two matrices have an op of their own, faster than that for batches. */
  BatchMatMul({ a, b }, { transposeA, transposeB }, backend) {
    const flags = (first: string, second: string) => [
      { name: first, value: transposeA },
      { name: second, value: transposeB },
    ];
    return a.shape.length === 2 && b.shape.length === 2
      ? backend.executeSingleOutput('MatMul', flags('transpose_a', 'transpose_b'), [a, b])
      : backend.executeSingleOutput('BatchMatMulV2', flags('adj_x', 'adj_y'), [a, b]);
  },
};

export function betterKernels(): void {
  for (const [kernelName, kernel] of Object.entries(KERNELS)) {
    tf.unregisterKernel(kernelName, BACKEND);
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs, backend }) =>
        kernel(inputs as Inputs, attrs as Attributes, backend as NodeBackend),
    });
  }
}
