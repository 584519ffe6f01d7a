/** Chooses how attention is computed. */
import type { TileSizes, Tuning } from '../tuning.ts';
import { blockwiseAttention } from './blockwise.ts';
import type { Attention } from './layout.ts';
import type { MaskInputs } from './mask.ts';
import { tiledAttention } from './tiled.ts';

/** Whether attention of `seq` tokens to themselves is computed block by block. */
export const isBlockwise = (seq: number, { attentionBlockTokens }: TileSizes): boolean =>
  seq >= 2 * attentionBlockTokens;

/**
 * Attention of the layers that share a mask, which is made once.
 * @param keys the mask inputs of all keys: those of `queries`, or those of a cache
 * @param window number of latest tokens that a query sees, itself included; null: all
 */
export function makeAttention(
  queries: MaskInputs,
  keys: MaskInputs,
  window: number | null,
  tuning: Tuning,
): Attention {
  const [, seq] = queries.positions.shape;
  const [, length] = keys.positions.shape;
  return seq === length && isBlockwise(seq, tuning.tileSizes)
    ? blockwiseAttention(queries, keys, window, tuning)
    : tiledAttention(queries, keys, window, tuning);
}
