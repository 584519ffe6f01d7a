/**
 * Attention of queries over the keys that they may see, with gradients of its own. Short sequences go part by part of
 * the queries, each over all keys up to its last; long ones block by block of queries and keys.
 */
import * as tf from '@tensorflow/tfjs-core';
import { rounded } from '../compile/precision.ts';
import { after } from '../compile/record.ts';
import { differentiable, FEW } from '../runtime/ops.ts';
import { blockwise } from './blockwise.ts';
import { grain } from './grain.ts';
import { type Attention, alongOf, grouped, swapHeads, tokensFrom } from './heads.ts';
import { biasOf, type Places, placesFrom, visible } from './places.ts';

/**
 * What all layers of one pass share that see equally far: masks are made once. From two blocks on, attention goes by
 * blocks.
 */
export function attentionFor(
  queries: Places,
  keys: Places,
  {
    rows = grain().queries,
    block = grain().block,
    window = null,
  }: { rows?: number; block?: number; window?: number | null } = {},
): Attention {
  const [, seq] = queries.positions.shape;
  const [, length] = keys.positions.shape;
  return seq === length && seq >= 2 * block
    ? blockwise(queries, keys, block, window)
    : byRows(queries, keys, rows, window);
}

/** Softmax over the last axis, without a gradient. */
function softmax(scores: tf.Tensor4D): tf.Tensor4D {
  if (scores.size >= FEW) return tf.softmax(scores);
  const likelihoods = tf.exp(tf.sub(scores, tf.max(scores, -1, true)));
  return tf.div(likelihoods, tf.sum(likelihoods, -1, true));
}

/** Some queries, and how many keys they see at most. */
interface Part {
  start: number;
  rows: number;
  columns: number;
}

/** Where queries and keys are the same tokens, no query sees a key that lies behind it in the row. */
function partsOf(seq: number, length: number, mostRows: number): Part[] {
  if (seq !== length) return [{ start: 0, rows: seq, columns: length }];
  const even = Math.ceil(seq / Math.ceil(seq / mostRows));
  return Array.from({ length: Math.ceil(seq / even) }, (_, i) => {
    const columns = Math.min(seq, (i + 1) * even);
    return { start: i * even, rows: columns - i * even, columns };
  });
}

function byRows(queries: Places, keys: Places, mostRows: number, window: number | null): Attention {
  const parts = partsOf(queries.positions.shape[1], keys.positions.shape[1], mostRows).map((part) => {
    const seen = visible(
      placesFrom(queries, part.start, part.rows),
      placesFrom(keys, 0, part.columns),
      window,
    );
    return { ...part, bias: biasOf(seen) };
  });
  return (query, key, value) => {
    const [batch, nHeads, , headDim] = query.shape;
    const nKvHeads = key.shape[1];
    return differentiable(
      [query, key, value],
      (...inputs: tf.Tensor4D[]) => {
        const [query, key, value] = inputs.map(rounded);
        const all = parts.map(({ start, rows, columns, bias }) => {
          const own = grouped(tokensFrom(query, start, rows), nKvHeads);
          const scores = tf.matMul(own, tokensFrom(key, 0, columns), false, true);
          const biased: tf.Tensor4D = tf.add(tf.reshape(scores, [batch, nHeads, rows, columns]), bias);
          const weights: tf.Tensor4D = tf.reshape(softmax(biased), [batch, nKvHeads, -1, columns]);
          const mixed = tf.matMul(weights, tokensFrom(value, 0, columns));
          return { weights, mixed: tf.reshape(mixed, [batch, nHeads, rows, headDim]) as tf.Tensor4D };
        });
        const mixed = swapHeads(besides(all.map(({ mixed }) => mixed)));
        return {
          value: mixed,
          saved: [query, key, value, rounded(mixed), ...all.map(({ weights }) => rounded(weights))],
        };
      },
      (dy, _, saved: tf.Tensor4D[]) => {
        const [query, key, value, mixed, ...weights] = after(dy, saved);
        const dMixed = swapHeads(dy);
        const along = alongOf(dy, mixed);
        const all = parts.map(({ start, rows, columns }, i) => {
          const ofPart = (x: tf.Tensor4D) => grouped(tokensFrom(x, start, rows), nKvHeads);
          const dRows = ofPart(dMixed);
          const dWeights = tf.matMul(dRows, tokensFrom(value, 0, columns), false, true);
          const dScores: tf.Tensor4D = tf.mul(weights[i], tf.sub(dWeights, ofPart(along)));
          const dQuery = tf.matMul(dScores, tokensFrom(key, 0, columns));
          return {
            dQuery: tf.reshape(dQuery, [batch, nHeads, rows, headDim]) as tf.Tensor4D,
            dKey: tf.matMul(dScores, ofPart(query), true, false) as tf.Tensor4D,
            dValue: tf.matMul(weights[i], dRows, true, false) as tf.Tensor4D,
          };
        });
        return [
          besides(all.map(({ dQuery }) => dQuery)),
          all.map(({ dKey }) => dKey).reduceRight(addFront),
          all.map(({ dValue }) => dValue).reduceRight(addFront),
        ];
      },
    );
  };
}

/** Tokens [batch, heads, seq, headDim], one part after the other. */
const besides = (parts: tf.Tensor4D[]): tf.Tensor4D => (parts.length === 1 ? parts[0] : tf.concat(parts, 2));

/** Adds what only the first tokens have. */
function addFront(all: tf.Tensor4D, first: tf.Tensor4D): tf.Tensor4D {
  const behind = all.shape[2] - first.shape[2];
  return tf.add(all, tf.pad(first, [[0, 0], [0, 0], [0, behind], [0, 0]])); // biome-ignore format: a pair an axis
}
