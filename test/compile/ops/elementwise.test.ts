/** Element-wise ops: a program of them gives what they give one by one. */
import * as tf from '@tensorflow/tfjs-core';
import { positive } from '../../support/tensors.ts';
import { bools, type Case, compareOps, type Fn, ints, matrix, one, shaped } from './support.ts';

const UNARY: Record<string, Fn> = {
  abs: tf.abs,
  atan: tf.atan,
  asinh: tf.asinh,
  ceil: tf.ceil,
  cos: tf.cos,
  cosh: tf.cosh,
  elu: tf.elu,
  erf: tf.erf,
  exp: tf.exp,
  expm1: tf.expm1,
  floor: tf.floor,
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  logSigmoid: tf.logSigmoid,
  neg: tf.neg,
  reciprocal: tf.reciprocal,
  relu: tf.relu,
  relu6: tf.relu6,
  round: tf.round,
  selu: tf.selu,
  sigmoid: tf.sigmoid,
  sign: tf.sign,
  sin: tf.sin,
  sinh: tf.sinh,
  softplus: tf.softplus,
  square: tf.square,
  step: (x) => tf.step(x, 0.5),
  tan: tf.tan,
  tanh: tf.tanh,
  clone: tf.clone,
  zerosLike: tf.zerosLike,
  onesLike: tf.onesLike,
};
const POSITIVE: Record<string, Fn> = {
  log: tf.log,
  log1p: tf.log1p,
  sqrt: tf.sqrt,
  rsqrt: tf.rsqrt,
  acosh: (x) => tf.acosh(tf.add(x, 1)),
};
const WITHIN_ONE: Record<string, Fn> = { acos: tf.acos, asin: tf.asin, atanh: tf.atanh };
const BINARY: Record<string, Fn> = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  divNoNan: tf.divNoNan,
  maximum: tf.maximum,
  minimum: tf.minimum,
  squaredDifference: tf.squaredDifference,
  atan2: tf.atan2,
  mod: tf.mod,
  pow: (a, b) => tf.pow(tf.add(tf.abs(a), 0.5), b),
  prelu: tf.prelu,
};
const BROADCASTS: [number[], number[]][] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [3, 1],
    [2, 1, 4],
  ],
  [[], [2, 3]],
];
/** Values and gradients are compared. */
const DIFFERENTIABLE: Case[] = [
  ...Object.entries(UNARY).map(([name, fn]) => one(name, (x) => fn(x), matrix)),
  ...Object.entries(POSITIVE).map(([name, fn]) =>
    one(
      name,
      (x) => fn(x),
      () => positive([3, 4]),
    ),
  ),
  ...Object.entries(WITHIN_ONE).map(([name, fn]) => one(name, (x) => fn(tf.mul(x, 0.9)), matrix)),
  ...Object.entries(BINARY).flatMap(([name, fn]) =>
    BROADCASTS.map(([a, b]) => one(`${name} of [${a}] and [${b}]`, fn, shaped(a), shaped(b, 1))),
  ),
  one('add of a number', (x) => tf.add(x, 2), matrix),
  one('addN', (...all) => tf.addN(all), matrix, shaped([3, 4], 1), shaped([3, 4], 2)),
  one('clipByValue', (x) => tf.clipByValue(x, -0.3, 0.6), matrix),
  one(
    'where',
    (c, x, y) => tf.where(c, x, y),
    bools([
      [1, 0],
      [0, 1],
    ]),
    shaped([2, 2]),
    shaped([2, 2], 1),
  ),
  one('cast of int32', (x, n) => tf.mul(x, tf.cast(n, 'float32')), shaped([3]), ints([4, -5, 6])),
  one('a branch taken twice', (x) => tf.mul(tf.add(x, tf.square(x)), tf.exp(x)), matrix),
];

/** Values alone are compared: whole numbers, booleans, and ops without a gradient in tfjs. */
const OTHERS: Case[] = [
  ...Object.entries({
    equal: tf.equal,
    notEqual: tf.notEqual,
    less: tf.less,
    lessEqual: tf.lessEqual,
    greater: tf.greater,
    greaterEqual: tf.greaterEqual,
  } as Record<string, Fn>).map(([name, fn]) =>
    one(
      name,
      fn,
      ints([
        [1, 2, 3],
        [4, 5, 6],
      ]),
      ints([2, 2, 6]),
    ),
  ),
  one('floorDiv', tf.floorDiv, ints([7, -7, 9]), ints([2, 2, -4])),
  one('mod of int32', tf.mod, ints([7, -7, 9]), ints([2, 2, -4])),
  one('int32 and float32 together', tf.add, ints([1, 2]), shaped([2])),
  one('add, mul and sub of int32', (a, b) => tf.sub(tf.mul(tf.add(a, b), b), 3), ints([1, 2]), ints([5, -6])),
  one(
    'logicalAnd',
    tf.logicalAnd,
    bools([1, 1, 0]),
    bools([
      [1, 0, 1],
      [1, 1, 1],
    ]),
  ),
  one('logicalOr', tf.logicalOr, bools([1, 1, 0]), bools([0, 0, 0])),
  one('logicalXor', tf.logicalXor, bools([1, 1, 0]), bools([0, 1, 0])),
  one('logicalNot', (x) => tf.logicalNot(x), bools([1, 0])),
  one(
    'isNaN, isInf and isFinite',
    (x) => [tf.isNaN(x), tf.isInf(x), tf.isFinite(x)],
    () => tf.tensor1d([1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]),
  ),
  one(
    'cast',
    (x) => [tf.cast(x, 'int32'), tf.cast(x, 'bool')],
    () => tf.tensor1d([0, -1.7, 2.6]),
  ),
  one('cast from bool', (x) => [tf.cast(x, 'int32'), tf.cast(x, 'float32')], bools([1, 0])),
  one('where of int32', (c, x) => tf.where(c, x, tf.zerosLike(x)), bools([1, 0]), ints([3, 4])),
  one(
    'complex numbers',
    (x, y) => [tf.abs(tf.complex(x, y)), tf.imag(tf.mul(tf.complex(x, y), tf.complex(y, x)))],
    shaped([4]),
    shaped([4], 1),
  ),
];

compareOps('element-wise', DIFFERENTIABLE, OTHERS);
