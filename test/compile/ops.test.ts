/** tfjs's ops and their gradients: a program of them gives what they give one by one. */
import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs-core';
import { type Compiled, compile, type Tree } from '../../src/compile/index.ts';
import { startedDevice, startTensorFlow } from '../../src/runtime/start.ts';
import { assertSame, positive, wave } from './support.ts';

interface Case {
  name: string;
  inputs: () => tf.Tensor[];
  // biome-ignore lint/suspicious/noExplicitAny: each case knows the ranks of its own tensors
  fn: (...inputs: any[]) => tf.Tensor | tf.Tensor[];
}

type Fn = Case['fn'];
const one = (name: string, fn: Fn, ...inputs: (() => tf.Tensor)[]): Case => ({
  name,
  fn,
  inputs: () => inputs.map((make) => make()),
});

const matrix = () => wave([3, 4]);
const cube = () => wave([2, 3, 4]);
const image = () => wave([2, 6, 5, 3]);
const volume = () => wave([1, 4, 4, 4, 2]);
const ints = (values: tf.TensorLike) => () => tf.tensor(values as number[], undefined, 'int32');
const bools = (values: tf.TensorLike) => () => tf.tensor(values as number[], undefined, 'bool');
const shaped = (shape: number[], phase = 0) => [() => wave(shape, phase)][0];

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
  one('unsortedSegmentSum', (x, to) => tf.unsortedSegmentSum(x, to, 3), matrix, ints([2, 0, 2])),
  one(
    'batchNorm',
    (x, mean, variance, offset, scale) => tf.batchNorm(x, mean, variance, offset, scale),
    image,
    shaped([3]),
    () => positive([3]),
    shaped([3], 2),
    shaped([3], 3),
  ),
  one('conv1d', (x, w) => tf.conv1d(x, w, 1, 'same'), shaped([2, 6, 3]), shaped([3, 3, 2], 1)),
  one('conv2d, same', (x, w) => tf.conv2d(x, w, 1, 'same'), image, shaped([3, 3, 3, 2], 1)),
  one('conv2d, valid and strided', (x, w) => tf.conv2d(x, w, 2, 'valid'), image, shaped([3, 2, 3, 2], 1)),
  one(
    'conv2dTranspose',
    (x, w) => tf.conv2dTranspose(x, w, [2, 6, 5, 2], 1, 'same'),
    image,
    shaped([3, 3, 2, 3], 1),
  ),
  one('depthwiseConv2d', (x, w) => tf.depthwiseConv2d(x, w, 1, 'same'), image, shaped([3, 3, 3, 2], 1)),
  one(
    'separableConv2d',
    (x, w, p) => tf.separableConv2d(x, w, p, 1, 'same'),
    image,
    shaped([3, 3, 3, 2], 1),
    shaped([1, 1, 6, 2], 2),
  ),
  one('conv3d', (x, w) => tf.conv3d(x, w, 1, 'same'), volume, shaped([2, 2, 2, 2, 3], 1)),
  one('maxPool', (x) => tf.maxPool(x, 2, 2, 'valid'), image),
  one('avgPool', (x) => tf.avgPool(x, 2, 1, 'same'), image),
  one('maxPool3d', (x) => tf.maxPool3d(x, 2, 2, 'valid'), volume),
  one('avgPool3d', (x) => tf.avgPool3d(x, 2, 2, 'valid'), volume),
  one('localResponseNormalization', (x) => tf.localResponseNormalization(x, 1), image),
  one('spaceToBatchND', (x) => tf.spaceToBatchND(x, [2], [[0, 0]]), shaped([2, 4, 3])),
  one('batchToSpaceND', (x) => tf.batchToSpaceND(x, [2], [[0, 0]]), shaped([4, 2, 3])),
  one('resizeBilinear', (x) => tf.image.resizeBilinear(x, [4, 7]), image),
  one('resizeNearestNeighbor', (x) => tf.image.resizeNearestNeighbor(x, [4, 7]), image),
  one(
    'softmaxCrossEntropy',
    (x, y) => tf.losses.softmaxCrossEntropy(tf.oneHot(y, 4), x),
    matrix,
    ints([0, 3, 1]),
  ),
  one('huberLoss', (x, y) => tf.losses.huberLoss(x, y), matrix, shaped([3, 4], 1)),
  one('a branch taken twice', (x) => tf.mul(tf.add(x, tf.square(x)), tf.exp(x)), matrix),
];

/** Values are compared: whole numbers, booleans, and what tfjs has no gradient for. */
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
  one(
    'isNaN, isInf and isFinite',
    (x) => [tf.isNaN(x), tf.isInf(x), tf.isFinite(x)],
    () => tf.tensor1d([1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]),
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
  one(
    'cast',
    (x) => [tf.cast(x, 'int32'), tf.cast(x, 'bool')],
    () => tf.tensor1d([0, -1.7, 2.6]),
  ),
  one('cast from bool', (x) => [tf.cast(x, 'int32'), tf.cast(x, 'float32')], bools([1, 0])),
  one('oneHot', (x) => [tf.oneHot(x, 4), tf.oneHot(x, 3, 5, -1)], ints([2, 0])),
  one('topk', (x) => Object.values(tf.topk(x, 2)), matrix),
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
  one('bincount', (x) => tf.bincount(x, tf.tensor1d([]), 4), ints([0, 1, 1, 3])),
  one('where of int32', (c, x) => tf.where(c, x, tf.zerosLike(x)), bools([1, 0]), ints([3, 4])),
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
  one('depthToSpace', (x) => tf.depthToSpace(x, 2), shaped([1, 2, 2, 8])),
  one('dilation2d', (x, w) => tf.dilation2d(x, w, 1, 'same'), image, shaped([2, 2, 3], 1)),
  one('image.flipLeftRight', (x) => tf.image.flipLeftRight(x), image),
  one(
    'image.cropAndResize',
    (x, boxes, of) => tf.image.cropAndResize(x, boxes, of, [3, 3]),
    image,
    () => tf.tensor2d([[0, 0, 0.5, 0.5]]),
    ints([1]),
  ),
  one(
    'fused.conv2d',
    (x, filter, bias) => tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', bias, activation: 'relu' }),
    image,
    shaped([3, 3, 3, 2], 1),
    shaped([2]),
  ),
  one('meshgrid', (x, y) => tf.meshgrid(x, y), shaped([2]), shaped([3])),
  one('confusionMatrix', (a, b) => tf.math.confusionMatrix(a, b, 3), ints([0, 1, 2]), ints([0, 2, 2])),
  one(
    'spectral.fft and its kin',
    (x) => [tf.real(tf.fft(tf.cast(x, 'complex64'))), tf.imag(tf.rfft(x)), tf.irfft(tf.rfft(x))],
    shaped([2, 8]),
  ),
  one(
    'complex numbers',
    (x, y) => [tf.abs(tf.complex(x, y)), tf.imag(tf.mul(tf.complex(x, y), tf.complex(y, x)))],
    shaped([4]),
    shaped([4], 1),
  ),
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
    'broadcastArgs and ensureShape',
    (x, y) => [tf.broadcastArgs(x, y), tf.ensureShape(x, [2])],
    ints([1, 3]),
    ints([2, 1, 1]),
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
  one(
    'image.grayscaleToRGB',
    (x) => [tf.image.grayscaleToRGB(tf.slice(x, [0, 0, 0, 0], [-1, -1, -1, 1]))],
    image,
  ),
  one('signal.frame', (x) => tf.signal.frame(x, 3, 2), shaped([8])),
];

/** Broadcasts for which tfjs's gradient is of the wrong shape, which it notices. */
const BROADCAST_GRADIENT =
  /^(maximum|minimum|squaredDifference) of .*(\[4\]|\[2,1,4\]|\[2,3\])$|^prelu of .*(\[2,1,4\]|\[2,3\])$|^matMul of \[(2,\d,\d\]ᵀ? and \[\d,\d\]|1,)/;
/** What tfjs has no gradient for, op by op or compiled. */
const NO_GRADIENT = /^(divNoNan|einsum|stridedSlice|prod over axis -1|cumsum$)/;
/** What TensorFlow has on a GPU only in an order that changes, and refuses since it is told to repeat itself to the bit. */
const NOT_ON_GPU = /^(bincount|resizeNearestNeighbor)$/;
const runsHere = ({ name }: Case) => startedDevice() !== 'gpu' || !NOT_ON_GPU.test(name);
const hasGradient = ({ name }: Case) => !NO_GRADIENT.test(name) && !BROADCAST_GRADIENT.test(name);

/** The result of each case, or why it has none. */
type Results = Map<string, tf.Tensor[] | Error>;

/** Runs all cases as one program; one that cannot be recorded does not hold up the others. */
async function compiledResults(cases: Case[], fnOf: (one: Case) => Fn): Promise<Results> {
  const results: Results = new Map();
  const program: Compiled<[Tree], Tree> = compile(function cases_(inputs: Tree): Tree {
    const given = inputs as tf.Tensor[][];
    const outputs: Record<string, tf.Tensor[]> = {};
    for (const [i, one] of cases.entries()) {
      try {
        outputs[one.name] = [fnOf(one)(...given[i])].flat();
      } catch (error) {
        results.set(one.name, error as Error);
      }
    }
    return outputs;
  });
  const inputs = cases.map((one) => tf.tidy(() => one.inputs()));
  const outputs = (await program(inputs)) as Record<string, tf.Tensor[]>;
  for (const [name, output] of Object.entries(outputs)) results.set(name, output);
  tf.dispose(inputs);
  program.dispose();
  return results;
}

function compareAll(cases: Case[], fnOf: (one: Case) => Fn): void {
  let results: Results;
  before(async () => {
    await startTensorFlow();
    assert.equal(new Set(cases.map(({ name }) => name)).size, cases.length);
    results = await compiledResults(cases.filter(runsHere), fnOf);
  });
  after(() => {
    for (const result of results.values()) if (!(result instanceof Error)) tf.dispose(result);
  });
  for (const one of cases) {
    it(one.name, function () {
      if (!runsHere(one)) this.skip();
      const found = results.get(one.name);
      if (found instanceof Error) throw found;
      tf.tidy(() => {
        const expected = [fnOf(one)(...one.inputs())].flat();
        assert.equal(found?.length, expected.length);
        for (const [i, tensor] of expected.entries()) assertSame((found as tf.Tensor[])[i], tensor);
      });
    });
  }
}

/** Gradients for the inputs of float32 of the outputs, each element weighing something else. */
function gradientsOf({ fn }: Case): Fn {
  return (...inputs: tf.Tensor[]) => {
    const differ = inputs.filter(({ dtype }) => dtype === 'float32');
    const total = (...given: tf.Tensor[]): tf.Tensor => {
      const all = inputs.map((input) => (input.dtype === 'float32' ? (given.shift() as tf.Tensor) : input));
      const outputs = [fn(...all)].flat();
      return tf.addN(outputs.map((output, i) => tf.sum(tf.mul(output, wave(output.shape, i)))));
    };
    return tf.grads(total)(differ);
  };
}

describe('a compiled op equals the eager one:', () => {
  compareAll([...DIFFERENTIABLE, ...OTHERS], ({ fn }) => fn);
});

describe('the compiled gradient equals the eager one:', () => {
  compareAll(DIFFERENTIABLE.filter(hasGradient), gradientsOf);

  it('and what tfjs cannot derive op by op is the same error compiled', async () => {
    const cases = DIFFERENTIABLE.filter((one) => !hasGradient(one));
    const results = await compiledResults(cases, gradientsOf);
    for (const one of cases) {
      const found = results.get(one.name) as Error;
      assert.ok(found instanceof Error, one.name);
      tf.tidy(() =>
        assert.throws(() => gradientsOf(one)(...one.inputs()), { message: found.message }, one.name),
      );
    }
  });
});

/** These replace tfjs's own everywhere, so that op by op is no check of them. */
describe('gradients of sums and means', () => {
  before(() => startTensorFlow());

  const weights = [[1], [10]];
  const CASES: [string, (x: tf.Tensor) => tf.Tensor, number[][]][] = [
    [
      'sum of all',
      (x) => tf.sum(x),
      [
        [1, 1, 1, 1],
        [1, 1, 1, 1],
      ],
    ],
    [
      'mean of all',
      (x) => tf.mean(x),
      [
        [1 / 8, 1 / 8, 1 / 8, 1 / 8],
        [1 / 8, 1 / 8, 1 / 8, 1 / 8],
      ],
    ],
    [
      'sum of rows',
      (x) => tf.mul(tf.sum(x, 1, true), weights),
      [
        [1, 1, 1, 1],
        [10, 10, 10, 10],
      ],
    ],
    [
      'mean of rows',
      (x) => tf.mul(tf.mean(x, -1), [1, 10]),
      [
        [0.25, 0.25, 0.25, 0.25],
        [2.5, 2.5, 2.5, 2.5],
      ],
    ],
    [
      'sum of columns',
      (x) => tf.mul(tf.sum(x, 0), [1, 2, 3, 4]),
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
    ],
    [
      'mean of columns',
      (x) => tf.mul(tf.mean(x, [0]), [2, 4, 6, 8]),
      [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
    ],
  ];
  for (const mode of ['eager', 'graph'] as const) {
    for (const [name, fn, expected] of CASES) {
      it(`${name} (${mode})`, async () => {
        const program = compile((x: tf.Tensor) => tf.grad((x: tf.Tensor) => tf.sum(fn(x)))(x), { mode });
        const [x, wanted] = [wave([2, 4]), tf.tensor2d(expected)];
        const found = await program(x);
        assertSame(found, wanted, 1e-6);
        program.dispose();
        tf.dispose([x, wanted, found]);
      });
    }
  }
});
