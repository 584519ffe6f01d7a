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
}

export const GRAINS: Record<'cpu' | 'gpu', Grain> = {
  cpu: { queries: 128, block: 512, logitBytes: 16 * 2 ** 20 },
  gpu: { queries: 1024, block: 1024, logitBytes: 256 * 2 ** 20 },
};

/** That of the device on which TensorFlow computes. */
export const grain = (): Grain => GRAINS[startedDevice() ?? 'cpu'];
