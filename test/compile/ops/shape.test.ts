/** Ops that move, select or make values: a program of them gives what they give one by one. */
import * as tf from '@tensorflow/tfjs-core';
import { type Case, compareOps, cube, ints, matrix, one, shaped } from './support.ts';

/** Values and gradients are compared. */
const DIFFERENTIABLE: Case[] = [
  one('reshape', (x) => tf.reshape(x, [4, -1]), cube),
  one('flatten and expandDims', (x) => tf.expandDims(tf.reshape(x, [-1]), 0), cube),
  one('squeeze', (x) => tf.squeeze(x, [1]), shaped([3, 1, 2])),
  one('transpose', (x) => tf.transpose(x), matrix),
  one('transpose of some axes', (x) => tf.transpose(x, [2, 0, 1]), cube),
  one('concat', (...all) => tf.concat(all, 1), matrix, shaped([3, 1]), shaped([3, 2])),
  one('stack', (...all) => tf.stack(all, 1), matrix, shaped([3, 4], 1)),
  one('unstack', (x) => tf.unstack(x, 1), matrix),
  one('split in equal parts', (x) => tf.split(x, 2, 1), matrix),
  one('split by sizes', (x) => tf.split(x, [1, 2, 1], 1), matrix),
  one('slice', (x) => tf.slice(x, [0, 1, 1], [2, -1, 2]), cube),
  one('stridedSlice', (x) => tf.stridedSlice(x, [0, 3], [3, 0], [2, -2]), matrix),
  one(
    'pad',
    (x) =>
      tf.pad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        5,
      ),
    matrix,
  ),
  one(
    'mirrorPad',
    (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        'reflect',
      ),
    matrix,
  ),
  one('tile', (x) => tf.tile(x, [2, 3]), matrix),
  one('broadcastTo', (x) => tf.broadcastTo(x, [2, 3, 4]), shaped([3, 1])),
  one('reverse', (x) => tf.reverse(x, [0, 2]), cube),
  one('gather of rows', (x, at) => tf.gather(x, at), matrix, ints([2, 0, 2, 1])),
  one(
    'gather along axis 1',
    (x, at) => tf.gather(x, at, 1),
    matrix,
    ints([
      [3, 0],
      [1, 1],
    ]),
  ),
];

/** Values alone are compared: whole numbers, booleans, and ops without a gradient in tfjs. */
const OTHERS: Case[] = [
  one('oneHot', (x) => [tf.oneHot(x, 4), tf.oneHot(x, 3, 5, -1)], ints([2, 0])),
  one('gather with batch dimensions', (x, at) => tf.gather(x, at, 1, 1), matrix, ints([[3], [0], [2]])),
  one('gather of int32', (x, at) => tf.gather(x, at), ints([5, 6, 7]), ints([2, 0])),
  one(
    'gatherND',
    (x, at) => tf.gatherND(x, at),
    matrix,
    ints([
      [0, 1],
      [2, 3],
    ]),
  ),
  one('scatterND', (at, x) => tf.scatterND(at, x, [4, 2]), ints([[3], [0]]), shaped([2, 2])),
  one(
    'tensorScatterUpdate',
    (x, at, y) => tf.tensorScatterUpdate(x, at, y),
    matrix,
    ints([[2], [0]]),
    shaped([2, 4], 2),
  ),
  one(
    'sparseToDense',
    (at, x, zero) => tf.sparseToDense(at, x, [5], zero),
    ints([1, 3]),
    shaped([2]),
    () => tf.scalar(7),
  ),
  one('range, linspace, fill, eye and zeros', () => [
    tf.range(0, 5),
    tf.range(5, 0, -2, 'int32'),
    tf.linspace(0, 1, 5),
    tf.fill([2, 3], 4),
    tf.eye(3),
    tf.eye(2, 3, [2]),
    tf.zeros([2, 2], 'int32'),
    tf.ones([2], 'bool'),
  ]),
  one('constants of their own kinds', () => [
    tf.scalar(3),
    tf.tensor1d([1, 2], 'int32'),
    tf.tensor2d([[true, false]], [1, 2], 'bool'),
    tf.tensor([], [0, 3]),
  ]),
  one('diag', (x) => tf.diag(x), shaped([3])),
  one('linalg.bandPart', (x) => tf.linalg.bandPart(x, 1, 0), shaped([3, 3])),
  one('meshgrid', (x, y) => tf.meshgrid(x, y), shaped([2]), shaped([3])),
  one(
    'broadcastArgs and ensureShape',
    (x, y) => [tf.broadcastArgs(x, y), tf.ensureShape(x, [2])],
    ints([1, 3]),
    ints([2, 1, 1]),
  ),
];

compareOps('shape', DIFFERENTIABLE, OTHERS);
