/**
 * Products of few rows with a matrix, as each step of generation has them: their time goes into reading the matrix.
 * TensorFlow shares each of them out among threads that it must wake first, which takes longer than a small one lasts.
 * So every op of such a program keeps to one thread, and a large matrix goes in parts that are ops of their own.
 */
import { availableParallelism } from 'node:os';
import { usesOneDnn } from '../runtime/start.ts';
import { sizeOf } from '../shapes.ts';
import { BYTES, DataType, type Output, type Pointer } from './capi.ts';
import type { AttributeValue, Graph } from './graph.ts';

/** Most rows: with more of them a product has work enough for all threads. */
const FEW_ROWS = 64;
/** The same for each of several matrices: as many heads of a query as share keys, but not the queries of a prompt. */
const FEW_IN_BLOCK = 16;
/** Least bytes of a part. */
const PART = 1 << 19;
/** A part begins at a multiple of as many rows of its matrix: there TensorFlow takes it without a copy. */
const ALIGNED = 32;

/** An op that multiplies: MatMul, or BatchMatMulV2. */
export interface Product {
  name: string;
  /** Rows [..., n, in], and the matrix that they are multiplied with. */
  inputs: Output[];
  attributes: Record<string, AttributeValue>;
  controls: Pointer[];
}

/** Whether there are few rows to each matrix, and parts can be made: of rows · matrixᵀ, or of as many matrices as blocks of rows. */
export function isOfFewRows(graph: Graph, { name, inputs, attributes }: Product): boolean {
  const [rows, matrix] = inputs.map((input) => graph.info(input).shape ?? []);
  const count = rows.at(-2) ?? 0;
  const most = name === 'MatMul' ? FEW_ROWS : FEW_IN_BLOCK;
  const isKnown = matrix.length > 1 && matrix.every((dim) => dim > 0);
  if (!usesOneDnn() || !isKnown || count < 1 || count > most) return false;
  return name === 'MatMul'
    ? !attributes.transpose_a && attributes.transpose_b === true
    : !attributes.adj_x && rows.length > 2 && `${rows.slice(0, -2)}` === `${matrix.slice(0, -2)}`;
}

/** Adds the op, in parts where that is worth it. */
export function productOfFewRows(graph: Graph, product: Product): Output {
  return product.name === 'MatMul' ? withRowsOf(graph, product) : blockwise(graph, product);
}

/** rows [n, in] · matrixᵀ, with matrix [out, in]: each part gives some columns. */
function withRowsOf(graph: Graph, { inputs: [rows, matrix], controls }: Product): Output {
  const { shape, dtype } = graph.info(matrix);
  const [length, width] = shape as number[];
  const parts = partsOf(length, width * BYTES[dtype]);
  return inParts(graph, { length, parts, aligned: ALIGNED, axis: 1 }, (start, count) =>
    withMatrix(graph, rows, sliced(graph, matrix, start, count), controls),
  );
}

/** For one row in bf16 oneDNN has another kernel where something is added: it takes 0.4 to 0.8 of the time of MatMul. */
function withMatrix(graph: Graph, rows: Output, matrix: Output, controls: Pointer[]): Output {
  const inputs = [rows, matrix];
  const { dtype, shape } = graph.info(rows);
  if (dtype !== DataType.bf16 || shape?.[0] !== 1)
    return graph.output('MatMul', inputs, { transpose_b: true }, controls);
  const [length] = graph.info(matrix).shape as number[];
  const zeros = graph.filled(DataType.bf16, [length], new Uint8Array(BYTES[DataType.bf16]));
  const attributes = { transpose_b: true, fused_ops: ['BiasAdd'] };
  return graph.output('_FusedMatMul', [...inputs, zeros], attributes, controls);
}

/** Blocks of rows [..., n, in], each with a matrix of its own: each part takes some blocks. */
function blockwise(graph: Graph, { name, inputs, attributes, controls }: Product): Output {
  const infos = inputs.map((input) => graph.info(input));
  const [blocks, matrices] = infos.map(({ shape }) => shape as number[]);
  const leading = blocks.slice(0, -2);
  const length = sizeOf(leading);
  const parts = partsOf(length, sizeOf(matrices.slice(-2)) * BYTES[infos[1].dtype]);
  if (parts === 1) return graph.output(name, inputs, attributes, controls);
  const flat = inputs.map((input, i) =>
    reshaped(graph, input, [length, ...(infos[i].shape as number[]).slice(-2)]),
  );
  const product = inParts(graph, { length, parts, aligned: 1, axis: 0 }, (start, count) => {
    const some = flat.map((input) => sliced(graph, input, start, count));
    return graph.output(name, some, attributes, controls);
  });
  return reshaped(graph, product, [...leading, ...(graph.info(product).shape as number[]).slice(-2)]);
}

/** Parts that `length` things of as many `bytes` are worth. */
const partsOf = (length: number, bytes: number) =>
  Math.max(1, Math.min(availableParallelism(), length, Math.floor((length * bytes) / PART)));

/** What is divided: `length` things, into at most `parts` that begin at a multiple of `aligned`. */
interface Division {
  length: number;
  parts: number;
  aligned: number;
  /** Along which what the parts give is joined. */
  axis: number;
}

function inParts(
  graph: Graph,
  { length, parts, aligned, axis }: Division,
  make: (start: number, count: number) => Output,
): Output {
  const most = Math.ceil(length / parts / aligned) * aligned;
  const made: Output[] = [];
  for (let start = 0; start < length; start += most) made.push(make(start, Math.min(most, length - start)));
  return made.length === 1 ? made[0] : graph.output('ConcatV2', [...made, graph.int32(axis)]);
}

/** `count` of the first axis, from `start` on. */
function sliced(graph: Graph, input: Output, start: number, count: number): Output {
  const [length, ...others] = graph.info(input).shape as number[];
  if (count === length) return input;
  const starts = graph.int32([start, ...others.map(() => 0)]);
  return graph.output('Slice', [input, starts, graph.int32([count, ...others])]);
}

const reshaped = (graph: Graph, input: Output, shape: number[]): Output =>
  graph.output('Reshape', [input, graph.int32(shape)]);
