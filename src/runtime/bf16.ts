/**
 * Bfloat16 on this machine: whether TensorFlow may be asked for it, and how fast it multiplies matrices in it. A table of
 * instructions says what a CPU has, only a product says what it is worth. tfjs has no bfloat16, so the ops are called
 * through its binding.
 */
import { activeBackend, type OpAttribute } from '../tensorflow/tfjs.ts';
import { describeCpu, oneDnnTakesBf16 } from './device.ts';
import { startedDevice, usesOneDnn } from './start.ts';

export interface Bf16 {
  /** False when TensorFlow refuses the product. */
  available: boolean;
  /** Times as fast as float32; above 1 it is worth training in. */
  speedup: number;
}

const BFLOAT16 = 14;
const ROUNDS = 6;

/** Sides of the matrices, and how many products one timing has: enough to keep the device busy. */
const sizes = () => (startedDevice() === 'gpu' ? { side: 4096, products: 8 } : { side: 1024, products: 1 });

/**
 * Whether TensorFlow logs an error for each bf16 op, "oneDNN supports DT_BFLOAT16 only on platforms with AVX-512", and
 * then computes it without oneDNN. It finds these ops by their type attribute `T`. TensorFlow must have started.
 */
export const logsOfBf16 = (cpu = describeCpu()): boolean => usesOneDnn() && !oneDnnTakesBf16(cpu);

/**
 * Measures for about 0.2 s. `startTensorFlow` must have been awaited.
 * @returns undefined where bf16 must not be used: the CPU has no instructions for it, and TensorFlow logs errors
 */
export function measureBf16(): Bf16 | undefined {
  if (logsOfBf16()) return undefined;
  const { binding } = activeBackend();
  const { side, products } = sizes();
  const type = (name: string, value: number) => ({ name, type: binding.TF_ATTR_TYPE, value });
  const flag = (name: string) => ({ name, type: binding.TF_ATTR_BOOL, value: false });
  const run = (name: string, attributes: OpAttribute[], inputs: number[]) =>
    binding.executeOp(name, attributes, inputs, 1)[0].id;
  const cast = (id: number, from: number, to: number) =>
    run('Cast', [type('SrcT', from), type('DstT', to), flag('Truncate')], [id]);
  const matMul = (a: number, b: number, dtype: number) =>
    run('MatMul', [type('T', dtype), flag('transpose_a'), flag('transpose_b')], [a, b]);
  // All of it stays as it is under multiplication, and so in the range of the numbers.
  const filled = (width: number) =>
    binding.createTensor([side, width], binding.TF_FLOAT, new Float32Array(side * width).fill(1 / side));
  const singles = [filled(side), filled(1)];
  const made = [...singles];
  const bestMs = ([matrix, column]: number[], dtype: number) => {
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS; round++) {
      const started = performance.now();
      const ids = [matrix];
      for (let i = 0; i < products; i++) ids.push(matMul(matrix, ids[i], dtype));
      // A GPU answers before it is done; reading a column waits for it.
      ids.push(matMul(ids[products], column, dtype));
      if (dtype === BFLOAT16) ids.push(cast(ids[products + 1], BFLOAT16, binding.TF_FLOAT));
      binding.tensorDataSync(ids[ids.length - 1]);
      best = Math.min(best, performance.now() - started);
      for (const id of ids.slice(1)) binding.deleteTensor(id);
    }
    return best;
  };
  try {
    const halves = singles.map((id) => cast(id, binding.TF_FLOAT, BFLOAT16));
    made.push(...halves);
    return { available: true, speedup: bestMs(singles, binding.TF_FLOAT) / bestMs(halves, BFLOAT16) };
  } catch {
    return { available: false, speedup: 0 };
  } finally {
    for (const id of made) binding.deleteTensor(id);
  }
}
