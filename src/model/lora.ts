/**
 * Low-rank adapters (LoRA, arXiv 2106.09685): a frozen projection W gains scale · B · A, of which alone A and B are
 * trained. Their names are those of PEFT, less its prefix.
 */
import seedrandom from 'seedrandom';

/** The settings of adapters. Which projections have one, and of which rank, is for `adaptersOf` to say. */
export interface Lora {
  /** Directory of the frozen model. */
  base: string;
  rank: number;
  /** What B · A is multiplied by: alpha / rank, or alpha / √rank with `rankStabilized` (arXiv 2312.03732). */
  alpha: number;
  rankStabilized: boolean;
  /** Of the base's weights, where they were read: see `checkpoint/mark.ts`. */
  mark?: string;
  /** Rate at which the input of an adapter is dropped out in training. */
  dropout: number;
  /**
   * Projections that have an adapter: by the ends of their names, such as `q_proj`, or one regular expression of
   * Python's for whole names, or `all-linear`.
   */
  targets: string[] | string;
  /** Projections among the targets that have no adapter all the same. */
  exclude?: string[] | string;
  /** Layers that have adapters; all where it is left out. */
  layers?: number[];
  /** What the lists of layers are called, as regular expressions; any name where it is left out. */
  layersPattern?: string[];
  /** Other ranks and alphas of projections, by regular expressions for the ends of their names. */
  ranks?: Record<string, number>;
  alphas?: Record<string, number>;
}

/** Names of the two matrices of a projection: A [rank, in] and B [out, rank]. */
export const adapterNames = (projection: string): [string, string] => [
  `${projection}.lora_A.weight`,
  `${projection}.lora_B.weight`,
];

/** First values: A uniform up to 1/√in, as PEFT has it, B zero, so that nothing is changed yet. */
export function fillAdapter(values: Float32Array, name: string, shape: number[], seed: number): void {
  if (name.endsWith('lora_B.weight')) {
    values.fill(0);
    return;
  }
  const random = seedrandom.alea(`${seed}/${name}`);
  const bound = 1 / Math.sqrt(shape[1]);
  for (let i = 0; i < values.length; i++) values[i] = (2 * random() - 1) * bound;
}
