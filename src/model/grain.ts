/**
 * How much is computed at a time: on a CPU parts that stay in its caches, on a GPU fewer and larger ones, since each op
 * costs it some microseconds however little it has to do.
 */
import { startedDevice } from '../runtime/start.ts';

export interface Grain {
  /** Most queries that attention takes at once. */
  queries: number;
  /** Queries, and keys, of a block of a long sequence: one that has two of them at least. */
  block: number;
  /** Bytes that the logits of some rows may take. */
  logitBytes: number;
  /** Values of a band of element-wise work: a few times as many fit into the caches. */
  band: number;
  /** Rows a multiple of as many bytes apart share their places in the cache. */
  aliasingBytes: number;
}

export const GRAINS: Record<'cpu' | 'gpu', Grain> = {
  cpu: { queries: 128, block: 512, logitBytes: 16 * 2 ** 20, band: 2 ** 20, aliasingBytes: 4096 },
  gpu: { queries: 1024, block: 1024, logitBytes: 256 * 2 ** 20, band: Infinity, aliasingBytes: Infinity },
};

/** That of the device on which TensorFlow computes. */
export const grain = (): Grain => GRAINS[startedDevice() ?? 'cpu'];
