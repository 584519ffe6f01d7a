/**
 * Thresholds and tile sizes of the layers, by device. On a CPU a tile is as large as its caches; on a GPU tiles are
 * fewer and larger, since each op costs some microseconds however small it is. They change speed and memory; sums in
 * another order may change a result's last bits. The limits of the compiler's pass are in compile/skinnyMatmul.ts.
 */
import { startedDevice } from '../runtime/start.ts';

export interface TileSizes {
  /** Queries in a tile of attention, at most. */
  attentionQueries: number;
  /** Tokens along a side of a block of blockwise attention, which is used from two blocks on. */
  attentionBlockTokens: number;
  /** Bytes of the logits that exist at a time. */
  logitsBytes: number;
  /** Rows of a chunk of logits, at least: each chunk adds up a whole gradient of the output matrix. */
  minLogitsRows: number;
  /** Values of a band of element-wise work: a few bands fit into the CPU's caches. */
  bandValues: number;
}

export interface Tuning {
  tileSizes: TileSizes;
  /**
   * Values from which one TensorFlow op for a whole function (Roll, Softmax, Sigmoid fused with its product) beats a few
   * plain ones. It takes 30 to 40 µs to start, which a step of generation pays in each layer.
   */
  minFusedOpValues: number;
  /** Bands at most: with more of them the graph grows for little, since products take nearly all the time. */
  maxBands: number;
  /**
   * Rows of logits a multiple of this many bytes apart share cache sets, and products that read them by columns take
   * nearly twice the time. The output matrix of such a vocabulary gets `vocabPaddingRows` more rows.
   */
  aliasingBytes: number;
  vocabPaddingRows: number;
  /**
   * Float32 matrices with rows of this many columns share cache sets, and a product that reads two of them by columns
   * takes 1.4 times as long as with `paddingColumns` more columns of zeros.
   */
  aliasingColumns: number;
  paddingColumns: number;
  /** Whether scatter ops run on the device: on a GPU they have no fixed order, so deterministic TensorFlow avoids it. */
  scatters: boolean;
}

const CPU: Tuning = {
  tileSizes: {
    attentionQueries: 128,
    attentionBlockTokens: 512,
    logitsBytes: 16 * 2 ** 20,
    minLogitsRows: 512,
    bandValues: 2 ** 20,
  },
  minFusedOpValues: 16_384,
  maxBands: 8,
  aliasingBytes: 4096,
  vocabPaddingRows: 16,
  aliasingColumns: 512,
  paddingColumns: 16,
  scatters: true,
};

export const TUNING: Record<'cpu' | 'gpu', Tuning> = {
  cpu: CPU,
  gpu: {
    ...CPU,
    tileSizes: {
      attentionQueries: 1024,
      attentionBlockTokens: 1024,
      logitsBytes: 256 * 2 ** 20,
      minLogitsRows: 512,
      bandValues: Infinity,
    },
    aliasingBytes: Infinity,
    scatters: false,
  },
};

/** The tuning of the device that TensorFlow was started on. Read it where a pass begins, and pass it on. */
export const deviceTuning = (): Tuning => TUNING[startedDevice() ?? 'cpu'];
