/** Convolutions, images and signals: a program of them gives what they give one by one. */
import * as tf from '@tensorflow/tfjs-core';
import { positive } from '../../support/tensors.ts';
import { type Case, compareOps, image, ints, one, shaped, volume } from './support.ts';

/** Values and gradients are compared. */
const DIFFERENTIABLE: Case[] = [
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
];

/** Values alone are compared: whole numbers, booleans, and ops without a gradient in tfjs. */
const OTHERS: Case[] = [
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
  one(
    'spectral.fft and its kin',
    (x) => [tf.real(tf.fft(tf.cast(x, 'complex64'))), tf.imag(tf.rfft(x)), tf.irfft(tf.rfft(x))],
    shaped([2, 8]),
  ),
  one(
    'image.grayscaleToRGB',
    (x) => [tf.image.grayscaleToRGB(tf.slice(x, [0, 0, 0, 0], [-1, -1, -1, 1]))],
    image,
  ),
  one('signal.frame', (x) => tf.signal.frame(x, 3, 2), shaped([8])),
];

compareOps('image', DIFFERENTIABLE, OTHERS);
