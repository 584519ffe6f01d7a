/** Causal attention by tiles of queries: each tile is one product with all keys up to the tile's last query. */
import * as tf from '@tensorflow/tfjs-core';
import { rounded, withControlDependency } from '../../compile/index.ts';
import { customGradient } from '../gradients.ts';
import type { Tuning } from '../tuning.ts';
import {
  type Attention,
  concatTokens,
  groupQueries,
  sliceTokens,
  softmaxDelta,
  swapHeads,
} from './layout.ts';
import { attentionMask, type MaskInputs, maskBias, sliceMaskInputs } from './mask.ts';

/** Queries `start` to `start + rows`, over keys 0 to `columns`. */
interface QueryTile {
  start: number;
  rows: number;
  columns: number;
}

/** Where queries and keys are the same tokens, no query sees a key in a later column. */
function queryTiles(seq: number, length: number, maxRows: number): QueryTile[] {
  if (seq !== length) return [{ start: 0, rows: seq, columns: length }];
  const size = Math.ceil(seq / Math.ceil(seq / maxRows));
  return Array.from({ length: Math.ceil(seq / size) }, (_, i) => {
    const columns = Math.min(seq, (i + 1) * size);
    return { start: i * size, rows: columns - i * size, columns };
  });
}

/** @param window number of latest tokens that a query sees, itself included; null: all */
export function tiledAttention(
  queries: MaskInputs,
  keys: MaskInputs,
  window: number | null,
  { tileSizes, minFusedOpValues }: Tuning,
): Attention {
  const [, seq] = queries.positions.shape;
  const [, length] = keys.positions.shape;
  const tiles = queryTiles(seq, length, tileSizes.attentionQueries).map((tile) => {
    const tileQueries = sliceMaskInputs(queries, tile.start, tile.rows);
    const mask = attentionMask(tileQueries, sliceMaskInputs(keys, 0, tile.columns), window);
    return { ...tile, bias: maskBias(mask) };
  });
  return (query, key, value) => {
    const [batch, nHeads, , headDim] = query.shape;
    const nKvHeads = key.shape[1];
    return customGradient(
      [query, key, value],
      (...inputs: tf.Tensor4D[]) => {
        const [query, key, value] = inputs.map(rounded);
        const outputs = tiles.map(({ start, rows, columns, bias }) => {
          const tileQuery = groupQueries(sliceTokens(query, start, rows), nKvHeads);
          const scores = tf.matMul(tileQuery, sliceTokens(key, 0, columns), false, true);
          const masked: tf.Tensor4D = tf.add(tf.reshape(scores, [batch, nHeads, rows, columns]), bias);
          const probs: tf.Tensor4D = tf.reshape(softmax(masked, minFusedOpValues), [
            batch,
            nKvHeads,
            -1,
            columns,
          ]);
          const attnOut = tf.matMul(probs, sliceTokens(value, 0, columns));
          return { probs, attnOut: tf.reshape(attnOut, [batch, nHeads, rows, headDim]) as tf.Tensor4D };
        });
        const attnOut = swapHeads(concatTokens(outputs.map(({ attnOut }) => attnOut)));
        const probs = outputs.map(({ probs }) => rounded(probs));
        return { value: attnOut, saved: [query, key, value, rounded(attnOut), ...probs] };
      },
      (dy, _, saved: tf.Tensor4D[]) => {
        const [query, key, value, attnOut, ...probs] = withControlDependency(dy, saved);
        const dAttnOut = swapHeads(dy);
        const delta = softmaxDelta(dy, attnOut);
        const gradients = tiles.map(({ start, rows, columns }, i) => {
          const ofTile = (x: tf.Tensor4D) => groupQueries(sliceTokens(x, start, rows), nKvHeads);
          const dTile = ofTile(dAttnOut);
          const dProbs = tf.matMul(dTile, sliceTokens(value, 0, columns), false, true);
          const dScores: tf.Tensor4D = tf.mul(probs[i], tf.sub(dProbs, ofTile(delta)));
          const dQuery = tf.matMul(dScores, sliceTokens(key, 0, columns));
          return {
            dQuery: tf.reshape(dQuery, [batch, nHeads, rows, headDim]) as tf.Tensor4D,
            dKey: tf.matMul(dScores, ofTile(query), true, false) as tf.Tensor4D,
            dValue: tf.matMul(probs[i], dTile, true, false) as tf.Tensor4D,
          };
        });
        return [
          concatTokens(gradients.map(({ dQuery }) => dQuery)),
          gradients.map(({ dKey }) => dKey).reduceRight(addToFirstTokens),
          gradients.map(({ dValue }) => dValue).reduceRight(addToFirstTokens),
        ];
      },
    );
  };
}

/** Softmax over the last axis, without a gradient. */
function softmax(scores: tf.Tensor4D, minFusedOpValues: number): tf.Tensor4D {
  if (scores.size >= minFusedOpValues) return tf.softmax(scores);
  const exps = tf.exp(tf.sub(scores, tf.max(scores, -1, true)));
  return tf.div(exps, tf.sum(exps, -1, true));
}

/** Adds `first`, which has fewer tokens, to the first tokens of `all`. */
function addToFirstTokens(all: tf.Tensor4D, first: tf.Tensor4D): tf.Tensor4D {
  const missing = all.shape[2] - first.shape[2];
  return tf.add(all, tf.pad(first, [[0, 0], [0, 0], [0, missing], [0, 0]])); // biome-ignore format: one pair an axis
}
