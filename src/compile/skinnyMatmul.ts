/**
 * Pass for products of few rows with a matrix, which take their time to read the matrix: the products of a generation
 * step. TensorFlow splits each over threads that it wakes first, which takes longer than a small product does. So each
 * op of a program of skinny products runs on one thread, and a large matrix is cut into slices with an op each.
 */
import { availableParallelism } from 'node:os';
import { sizeOf } from '../shapes.ts';
import { BYTES, DataType, type Output, type Pointer } from '../tensorflow/capi.ts';
import type { AttributeValue, Graph } from './graph.ts';

export interface SkinnyMatmulLimits {
  /** Rows of MatMul, at most: more give all threads enough work. */
  maxRows: number;
  /** Rows for each of several matrices (BatchMatMul), at most: the query heads that share keys, not a whole prompt. */
  maxRowsPerMatrix: number;
  /** Bytes of a slice of the matrix, at least. */
  minSliceBytes: number;
  /** Slices begin at a multiple of this many matrix rows: TensorFlow then reads them without a copy. */
  sliceAlignmentRows: number;
  /** Slices at most. */
  maxSlices: number;
}

/** For CPUs with oneDNN; elsewhere the pass is off. */
export const skinnyMatmulLimits = (): SkinnyMatmulLimits => ({
  maxRows: 64,
  maxRowsPerMatrix: 16,
  minSliceBytes: 2 ** 19,
  sliceAlignmentRows: 32,
  maxSlices: availableParallelism(),
});

/** An op that multiplies: MatMul or BatchMatMulV2. */
export interface MatmulOp {
  name: string;
  /** Rows [..., n, in] and the matrix. */
  inputs: Output[];
  attributes: Record<string, AttributeValue>;
  controls: Pointer[];
}

/**
 * Whether the pass takes a product: it has few rows for each matrix and can be sliced. MatMul is rows · matrixᵀ;
 * BatchMatMulV2 has one matrix for each block of rows.
 */
export function isSkinny(
  graph: Graph,
  { name, inputs, attributes }: MatmulOp,
  limits: SkinnyMatmulLimits,
): boolean {
  const [rows, matrix] = inputs.map((input) => graph.info(input).shape ?? []);
  const count = rows.at(-2) ?? 0;
  const maxCount = name === 'MatMul' ? limits.maxRows : limits.maxRowsPerMatrix;
  const isKnown = matrix.length > 1 && matrix.every((dim) => dim > 0);
  if (!isKnown || count < 1 || count > maxCount) return false;
  return name === 'MatMul'
    ? !attributes.transpose_a && attributes.transpose_b === true
    : !attributes.adj_x && rows.length > 2 && `${rows.slice(0, -2)}` === `${matrix.slice(0, -2)}`;
}

/** Adds a skinny product, sliced where that pays. */
export function skinnyMatmul(graph: Graph, op: MatmulOp, limits: SkinnyMatmulLimits): Output {
  return op.name === 'MatMul' ? slicedMatmul(graph, op, limits) : slicedBatchMatmul(graph, op, limits);
}

/** rows [n, in] · matrixᵀ with matrix [out, in]: each slice of the matrix gives some columns. */
function slicedMatmul(
  graph: Graph,
  { inputs: [rows, matrix], controls }: MatmulOp,
  limits: SkinnyMatmulLimits,
): Output {
  const { shape, dtype } = graph.info(matrix);
  const [length, width] = shape as number[];
  const division: Division = {
    length,
    slices: sliceCount(length, width * BYTES[dtype], limits),
    alignment: limits.sliceAlignmentRows,
    axis: 1,
  };
  return inSlices(graph, division, (start, count) =>
    matmul(graph, rows, slice(graph, matrix, start, count), controls),
  );
}

/** oneDNN has a faster kernel for one row of bf16 where a bias is added: 0.4 to 0.8 of the time of MatMul. */
function matmul(graph: Graph, rows: Output, matrix: Output, controls: Pointer[]): Output {
  const { dtype, shape } = graph.info(rows);
  if (dtype !== DataType.bf16 || shape?.[0] !== 1)
    return graph.output('MatMul', [rows, matrix], { transpose_b: true }, controls);
  const [length] = graph.info(matrix).shape as number[];
  const zeros = graph.filled(DataType.bf16, [length], new Uint8Array(BYTES[DataType.bf16]));
  const attributes = { transpose_b: true, fused_ops: ['BiasAdd'] };
  return graph.output('_FusedMatMul', [rows, matrix, zeros], attributes, controls);
}

/** Blocks of rows [..., n, in] with a matrix each: each slice takes some of the blocks. */
function slicedBatchMatmul(
  graph: Graph,
  { name, inputs, attributes, controls }: MatmulOp,
  limits: SkinnyMatmulLimits,
): Output {
  const infos = inputs.map((input) => graph.info(input));
  const [blocks, matrices] = infos.map(({ shape }) => shape as number[]);
  const leading = blocks.slice(0, -2);
  const length = sizeOf(leading);
  const slices = sliceCount(length, sizeOf(matrices.slice(-2)) * BYTES[infos[1].dtype], limits);
  if (slices === 1) return graph.output(name, inputs, attributes, controls);
  const flat = inputs.map((input, i) =>
    reshape(graph, input, [length, ...(infos[i].shape as number[]).slice(-2)]),
  );
  const product = inSlices(graph, { length, slices, alignment: 1, axis: 0 }, (start, count) => {
    const parts = flat.map((input) => slice(graph, input, start, count));
    return graph.output(name, parts, attributes, controls);
  });
  return reshape(graph, product, [...leading, ...(graph.info(product).shape as number[]).slice(-2)]);
}

/** How many slices `length` items of `itemBytes` bytes each are worth. */
const sliceCount = (length: number, itemBytes: number, { maxSlices, minSliceBytes }: SkinnyMatmulLimits) =>
  Math.max(1, Math.min(maxSlices, length, Math.floor((length * itemBytes) / minSliceBytes)));

/** `length` items in at most `slices` slices, which begin at multiples of `alignment`. */
interface Division {
  length: number;
  slices: number;
  alignment: number;
  /** Along which the slices' results are joined. */
  axis: number;
}

function inSlices(
  graph: Graph,
  { length, slices, alignment, axis }: Division,
  make: (start: number, count: number) => Output,
): Output {
  const size = Math.ceil(length / slices / alignment) * alignment;
  const parts: Output[] = [];
  for (let start = 0; start < length; start += size) parts.push(make(start, Math.min(size, length - start)));
  return parts.length === 1 ? parts[0] : graph.output('ConcatV2', [...parts, graph.int32(axis)]);
}

/** `count` items of the first axis, from `start` on. */
function slice(graph: Graph, input: Output, start: number, count: number): Output {
  const [length, ...others] = graph.info(input).shape as number[];
  if (count === length) return input;
  const starts = graph.int32([start, ...others.map(() => 0)]);
  return graph.output('Slice', [input, starts, graph.int32([count, ...others])]);
}

const reshape = (graph: Graph, input: Output, shape: number[]): Output =>
  graph.output('Reshape', [input, graph.int32(shape)]);
