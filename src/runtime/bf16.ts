/**
 * Asks TensorFlow how fast this machine multiplies matrices in bfloat16: a table of instructions says what a CPU has,
 * only a product says what it is worth. tfjs has no bfloat16, so the ops are called through its binding.
 */
import * as tf from '@tensorflow/tfjs-core';

export interface Bf16 {
  /** False when TensorFlow refuses the product. */
  available: boolean;
  /** Times as fast as float32, on products of 1024 x 1024; above 1 it is worth training in. */
  speedup: number;
}

interface Attribute {
  name: string;
  type: number;
  value: number | boolean;
}

interface Binding {
  TF_FLOAT: number;
  TF_BOOL: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_BOOL: number;
  createTensor(shape: number[], dtype: number, values: Float32Array): number;
  deleteTensor(id: number): void;
  tensorDataSync(id: number): Float32Array;
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): { id: number }[];
}

const BFLOAT16 = 14;
const SIDE = 1024;

/** Measures for about 0.2 s. `startTensorFlow` must have been awaited. */
export function measureBf16(): Bf16 {
  const { binding } = tf.backend() as unknown as { binding: Binding };
  const type = (name: string, value: number) => ({ name, type: binding.TF_ATTR_TYPE, value });
  const flag = (name: string) => ({ name, type: binding.TF_ATTR_BOOL, value: false });
  const cast = (id: number, from: number, to: number) =>
    binding.executeOp('Cast', [type('SrcT', from), type('DstT', to), flag('Truncate')], [id], 1)[0].id;
  const matMul = (id: number, dtype: number) =>
    binding.executeOp('MatMul', [type('T', dtype), flag('transpose_a'), flag('transpose_b')], [id, id], 1)[0]
      .id;
  const bestMs = (id: number, dtype: number) => {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 6; i++) {
      const started = performance.now();
      const product = matMul(id, dtype);
      // A GPU answers before it is done; reading waits for it. One element would need one more op.
      const read = dtype === BFLOAT16 ? cast(product, BFLOAT16, binding.TF_FLOAT) : product;
      binding.tensorDataSync(read);
      best = Math.min(best, performance.now() - started);
      for (const used of new Set([product, read])) binding.deleteTensor(used);
    }
    return best;
  };
  const single = binding.createTensor(
    [SIDE, SIDE],
    binding.TF_FLOAT,
    new Float32Array(SIDE * SIDE).fill(0.5),
  );
  let half: number | undefined;
  try {
    half = cast(single, binding.TF_FLOAT, BFLOAT16);
    return { available: true, speedup: bestMs(single, binding.TF_FLOAT) / bestMs(half, BFLOAT16) };
  } catch {
    return { available: false, speedup: 0 };
  } finally {
    binding.deleteTensor(single);
    if (half !== undefined) binding.deleteTensor(half);
  }
}
