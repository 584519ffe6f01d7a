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

/** The pass on one graph. */
export class SkinnyMatmul {
  private readonly graph: Graph;
  private readonly limits: SkinnyMatmulLimits;

  constructor(graph: Graph, limits: SkinnyMatmulLimits) {
    this.graph = graph;
    this.limits = limits;
  }

  /**
   * Whether the pass takes a product: it has few rows for each matrix and can be sliced. MatMul must be rows · matrixᵀ;
   * BatchMatMulV2 must have one matrix for each block of rows.
   */
  takes({ name, inputs, attributes }: MatmulOp): boolean {
    const { maxRows, maxRowsPerMatrix } = this.limits;
    const [rows, matrix] = inputs.map((input) => this.graph.info(input).shape ?? []);
    const count = rows.at(-2) ?? 0;
    const isKnown = matrix.length > 1 && matrix.every((dim) => dim > 0);
    if (!isKnown || count < 1 || count > (name === 'MatMul' ? maxRows : maxRowsPerMatrix)) return false;
    return name === 'MatMul'
      ? !attributes.transpose_a && attributes.transpose_b === true
      : !attributes.adj_x && rows.length > 2 && `${rows.slice(0, -2)}` === `${matrix.slice(0, -2)}`;
  }

  /** Adds a product that the pass takes, sliced where that pays. */
  add(op: MatmulOp): Output {
    return op.name === 'MatMul' ? this.matmul(op) : this.batchMatmul(op);
  }

  /** rows [n, in] · matrixᵀ with matrix [out, in]: each slice of the matrix gives some columns. */
  private matmul({ inputs: [rows, matrix], controls }: MatmulOp): Output {
    const { shape, dtype } = this.graph.info(matrix);
    const [length, width] = shape as number[];
    const slices = this.sliceCount(length, width * BYTES[dtype]);
    const division = { length, slices, alignment: this.limits.sliceAlignmentRows, axis: 1 };
    return this.inSlices(division, (start, count) =>
      this.oneMatmul(rows, this.slice(matrix, start, count), controls),
    );
  }

  /** oneDNN has a faster kernel for one row of bf16 where a bias is added: 0.4 to 0.8 of the time of MatMul. */
  private oneMatmul(rows: Output, matrix: Output, controls: Pointer[]): Output {
    const { graph } = this;
    const { dtype, shape } = graph.info(rows);
    if (dtype !== DataType.bf16 || shape?.[0] !== 1)
      return graph.output('MatMul', [rows, matrix], { transpose_b: true }, controls);
    const [length] = graph.info(matrix).shape as number[];
    const zeros = graph.filled(DataType.bf16, [length], new Uint8Array(BYTES[DataType.bf16]));
    const attributes = { transpose_b: true, fused_ops: ['BiasAdd'] };
    return graph.output('_FusedMatMul', [rows, matrix, zeros], attributes, controls);
  }

  /** Blocks of rows [..., n, in] with a matrix each: each slice takes some of the blocks. */
  private batchMatmul({ name, inputs, attributes, controls }: MatmulOp): Output {
    const { graph } = this;
    const infos = inputs.map((input) => graph.info(input));
    const [blocks, matrices] = infos.map(({ shape }) => shape as number[]);
    const leading = blocks.slice(0, -2);
    const length = sizeOf(leading);
    const slices = this.sliceCount(length, sizeOf(matrices.slice(-2)) * BYTES[infos[1].dtype]);
    if (slices === 1) return graph.output(name, inputs, attributes, controls);
    const flat = inputs.map((input, i) =>
      this.reshape(input, [length, ...(infos[i].shape as number[]).slice(-2)]),
    );
    const product = this.inSlices({ length, slices, alignment: 1, axis: 0 }, (start, count) => {
      const parts = flat.map((input) => this.slice(input, start, count));
      return graph.output(name, parts, attributes, controls);
    });
    return this.reshape(product, [...leading, ...(graph.info(product).shape as number[]).slice(-2)]);
  }

  /** How many slices `length` items of `itemBytes` bytes each are worth. */
  private sliceCount(length: number, itemBytes: number): number {
    const { maxSlices, minSliceBytes } = this.limits;
    return Math.max(1, Math.min(maxSlices, length, Math.floor((length * itemBytes) / minSliceBytes)));
  }

  private inSlices(
    { length, slices, alignment, axis }: Division,
    make: (start: number, count: number) => Output,
  ): Output {
    const size = Math.ceil(length / slices / alignment) * alignment;
    const parts: Output[] = [];
    for (let start = 0; start < length; start += size)
      parts.push(make(start, Math.min(size, length - start)));
    return parts.length === 1 ? parts[0] : this.graph.output('ConcatV2', [...parts, this.graph.int32(axis)]);
  }

  /** `count` items of the first axis, from `start` on. */
  private slice(input: Output, start: number, count: number): Output {
    const { graph } = this;
    const [length, ...others] = graph.info(input).shape as number[];
    if (count === length) return input;
    const starts = graph.int32([start, ...others.map(() => 0)]);
    return graph.output('Slice', [input, starts, graph.int32([count, ...others])]);
  }

  private reshape(input: Output, shape: number[]): Output {
    return this.graph.output('Reshape', [input, this.graph.int32(shape)]);
  }
}

/** `length` items in at most `slices` slices, which begin at multiples of `alignment`. */
interface Division {
  length: number;
  slices: number;
  alignment: number;
  /** Along which the slices' results are joined. */
  axis: number;
}
