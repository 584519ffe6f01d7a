/**
 * Products of few rows with a matrix, as each step of generation has them: their time goes into reading the matrix.
 * TensorFlow shares each of them out among threads that it must wake first, which takes longer than a small one lasts.
 * So every op of such a program keeps to one thread, and a large matrix goes in parts that are ops of their own.
 */
import { availableParallelism } from 'node:os';
import { usesOneDnn } from '../runtime/start.ts';
import { BYTES, DataType, type Output, type Pointer } from './capi.ts';
import type { AttributeValue, Graph } from './graph.ts';
import { toHostArray } from './hostTensor.ts';

/** Most rows: with more of them a product has work enough for all threads. */
const FEW_ROWS = 64;
/** Least bytes of a part. */
const PART = 1 << 20;
/** A part starts at a multiple of as many rows: there TensorFlow takes it without a copy. */
const ALIGNED = 32;

/** Whether an op MatMul is such a product: of few rows [n, in] with matrixᵀ, matrix [out, in]. */
export function isOfFewRows(
  graph: Graph,
  [rows]: Output[],
  { transpose_a, transpose_b }: Record<string, AttributeValue>,
): boolean {
  const count = graph.info(rows).shape?.[0] ?? 0;
  return usesOneDnn() && !transpose_a && transpose_b === true && count >= 1 && count <= FEW_ROWS;
}

/** rows [n, in] · matrixᵀ, with matrix [out, in]. */
export function productOfFewRows(graph: Graph, [rows, matrix]: Output[], controls: Pointer[] = []): Output {
  const { shape, dtype } = graph.info(matrix);
  const [length, width] = shape as number[];
  const ints = (values: number[]) => {
    return graph.constant(toHostArray(Int32Array.from(values), [values.length], DataType.int32));
  };
  const most = mostOfPart(length, width * BYTES[dtype]);
  const products: Output[] = [];
  for (let start = 0; start < length; start += most) {
    const count = Math.min(most, length - start);
    const part =
      count === length ? matrix : graph.output('Slice', [matrix, ints([start, 0]), ints([count, width])]);
    products.push(product(graph, rows, part, count, controls));
  }
  if (products.length === 1) return products[0];
  const axis = graph.constant(toHostArray(Int32Array.of(1), [], DataType.int32));
  return graph.output('ConcatV2', [...products, axis]);
}

function mostOfPart(length: number, rowBytes: number): number {
  const parts = Math.min(availableParallelism(), Math.floor((length * rowBytes) / PART));
  return parts > 1 ? Math.ceil(length / parts / ALIGNED) * ALIGNED : length;
}

/** For one row in bf16 oneDNN has another kernel where something is added: it takes 0.4 to 0.8 of the time of MatMul. */
function product(graph: Graph, rows: Output, matrix: Output, length: number, controls: Pointer[]): Output {
  const inputs = [rows, matrix];
  const { dtype, shape } = graph.info(rows);
  if (dtype !== DataType.bf16 || shape?.[0] !== 1)
    return graph.output('MatMul', inputs, { transpose_b: true }, controls);
  const zeros = graph.filled(DataType.bf16, [length], new Uint8Array(BYTES[DataType.bf16]));
  const attributes = { transpose_b: true, fused_ops: ['BiasAdd'] };
  return graph.output('_FusedMatMul', [...inputs, zeros], attributes, controls);
}
