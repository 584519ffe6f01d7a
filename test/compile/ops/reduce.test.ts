/** Reductions, products and losses: a program of them gives what they give one by one. */
import * as tf from '@tensorflow/tfjs-core';
import { bools, type Case, compareOps, cube, ints, matrix, one, shaped } from './support.ts';

const REDUCTIONS: Record<string, (x: tf.Tensor, axis?: number | number[], keepDims?: boolean) => tf.Tensor> =
  {
    sum: tf.sum,
    mean: tf.mean,
    max: tf.max,
    min: tf.min,
    prod: tf.prod,
    logSumExp: tf.logSumExp,
    euclideanNorm: tf.euclideanNorm,
  };
const AXES: [(number | number[])?, boolean?][] = [[], [1], [-1, true], [[0, 2]], [[1, 2], true]];
const PRODUCTS: [number[], number[]][] = [
  [
    [3, 5],
    [5, 4],
  ],
  [
    [2, 3, 5],
    [2, 5, 4],
  ],
  [
    [2, 3, 2, 5],
    [2, 3, 5, 4],
  ],
  [
    [2, 3, 5],
    [5, 4],
  ],
  [
    [1, 3, 5],
    [4, 5, 2],
  ],
];
const turned = (shape: number[], turn: boolean) =>
  turn ? [...shape.slice(0, -2), shape.at(-1) as number, shape.at(-2) as number] : shape;

/** Values and gradients are compared. */
const DIFFERENTIABLE: Case[] = [
  one('dot', tf.dot, shaped([3, 4]), shaped([4])),
  one('outerProduct', tf.outerProduct, shaped([3]), shaped([4])),
  ...Object.entries(REDUCTIONS).flatMap(([name, fn]) =>
    AXES.map(([axis, keep]) =>
      one(
        `${name} over ${axis === undefined ? 'all' : `axis ${axis}`}${keep ? ', kept' : ''}`,
        (x) => fn(x, axis, keep),
        cube,
      ),
    ),
  ),
  one('cumsum', (x) => tf.cumsum(x, 1), cube),
  one('cumsum, exclusive and reverse', (x) => tf.cumsum(x, 2, true, true), cube),
  one('norm, 1', (x) => tf.norm(x, 1), matrix),
  one('norm, euclidean along an axis', (x) => tf.norm(x, 'euclidean', 1), matrix),
  one('norm, of a matrix', (x) => tf.norm(x, 'fro', [0, 1]), matrix),
  one('moments', (x) => Object.values(tf.moments(x, [0, 1], true)), cube),
  one('softmax', (x) => tf.softmax(x), cube),
  one('logSoftmax', (x) => tf.logSoftmax(x), cube),
  ...PRODUCTS.flatMap(([a, b]) =>
    [0, 1, 2, 3].map((turns) => {
      const [first, second] = [turns % 2 === 1, turns > 1];
      const [left, right] = [turned(a, first), turned(b, second)];
      const marks = [first ? 'ᵀ' : '', second ? 'ᵀ' : ''];
      return one(
        `matMul of [${left}]${marks[0]} and [${right}]${marks[1]}`,
        (x, y) => tf.matMul(x, y, first, second),
        shaped(left),
        shaped(right, 1),
      );
    }),
  ),
  one('einsum, a product', (x, y) => tf.einsum('ij,jk->ik', x, y), matrix, shaped([4, 2])),
  one('einsum, batched', (x, y) => tf.einsum('bij,bkj->bik', x, y), cube, shaped([2, 5, 4])),
  one(
    'fused.matMul',
    (a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'relu' }),
    matrix,
    shaped([4, 2]),
    shaped([2]),
  ),
  one('unsortedSegmentSum', (x, to) => tf.unsortedSegmentSum(x, to, 3), matrix, ints([2, 0, 2])),
  one(
    'softmaxCrossEntropy',
    (x, y) => tf.losses.softmaxCrossEntropy(tf.oneHot(y, 4), x),
    matrix,
    ints([0, 3, 1]),
  ),
  one('huberLoss', (x, y) => tf.losses.huberLoss(x, y), matrix, shaped([3, 4], 1)),
];

/** Values alone are compared: whole numbers, booleans, and ops without a gradient in tfjs. */
const OTHERS: Case[] = [
  one(
    'all',
    (x) => [tf.all(x), tf.all(x, 1)],
    bools([
      [1, 1],
      [0, 1],
    ]),
  ),
  one(
    'any',
    (x) => [tf.any(x), tf.any(x, 0, true)],
    bools([
      [0, 1],
      [0, 0],
    ]),
  ),
  one('argMax', (x) => [tf.argMax(x), tf.argMax(x, -1)], cube),
  one('argMin', (x) => [tf.argMin(x), tf.argMin(x, 1)], cube),
  one(
    'sum of int32',
    (x) => [tf.sum(x), tf.sum(x, 1)],
    ints([
      [1, 2],
      [3, 4],
    ]),
  ),
  one('sum of bool', (x) => tf.sum(x), bools([1, 0, 1])),
  one(
    'max of int32',
    (x) => tf.max(x, 0),
    ints([
      [1, 4],
      [3, 2],
    ]),
  ),
  one('cumprod', (x) => tf.cumprod(x, 1), matrix),
  one('cumsum of int32', (x) => tf.cumsum(x), ints([1, 2, 3])),
  one('topk', (x) => Object.values(tf.topk(x, 2)), matrix),
  one('bincount', (x) => tf.bincount(x, tf.tensor1d([]), 4), ints([0, 1, 1, 3])),
  one('confusionMatrix', (a, b) => tf.math.confusionMatrix(a, b, 3), ints([0, 1, 2]), ints([0, 2, 2])),
  one(
    'losses',
    (x, y) => [
      tf.losses.meanSquaredError(x, y),
      tf.losses.cosineDistance(x, y, 0),
      tf.losses.hingeLoss(x, y),
      tf.losses.sigmoidCrossEntropy(x, y),
      tf.losses.absoluteDifference(x, y),
      tf.losses.logLoss(tf.sigmoid(x), tf.sigmoid(y)),
    ],
    shaped([4]),
    shaped([4], 1),
  ),
  one(
    'linalg.qr and gramSchmidt',
    (x) => [...tf.linalg.qr(x), tf.linalg.gramSchmidt(x) as tf.Tensor],
    shaped([3, 3]),
  ),
  one('movingAverage', (v, x) => tf.movingAverage(v, x, 0.9, 2), shaped([2]), shaped([2], 1)),
  one(
    'basicLSTMCell',
    (kernel, bias, x, c, h): tf.Tensor[] => tf.basicLSTMCell(tf.scalar(1), kernel, bias, x, c, h),
    shaped([5, 8]),
    shaped([8], 1),
    shaped([1, 3], 2),
    shaped([1, 2], 3),
    shaped([1, 2], 4),
  ),
];

compareOps('reducing', DIFFERENTIABLE, OTHERS);
