/**
 * Low-rank adapters (LoRA, arXiv 2106.09685): a frozen projection W gains scale · B · A, of which alone A and B are
 * trained. Their names are those of PEFT, less its prefix.
 */
import seedrandom from 'seedrandom';
import type { ModelConfig, PROJECTIONS } from './config.ts';
import { layerName, layerShapes } from './parameters.ts';

export type Projection = (typeof PROJECTIONS)[number];

export interface Lora {
  /** Directory of the frozen model. */
  base: string;
  rank: number;
  /** What B · A is multiplied by: alpha / rank, or alpha / √rank with `rankStabilized` (arXiv 2312.03732). */
  alpha: number;
  rankStabilized: boolean;
  /** Rate at which the input of an adapter is dropped out in training. */
  dropout: number;
  /** Projections of a layer that have an adapter, by the last part of their names: `q_proj`. */
  targets: Projection[];
}

export const scaleOf = ({ alpha, rank, rankStabilized }: Lora): number =>
  alpha / (rankStabilized ? Math.sqrt(rank) : rank);

/** Names within a layer of the two matrices of a projection: A [rank, in] and B [out, rank]. */
export const adapterNames = (projection: string): [string, string] => [
  `${projection}.lora_A.weight`,
  `${projection}.lora_B.weight`,
];

/** Shapes of the adapters of one layer by their names within it. */
export function adapterShapes(config: ModelConfig, { rank, targets }: Lora): Record<string, number[]> {
  const shapes: Record<string, number[]> = {};
  for (const [name, shape] of Object.entries(layerShapes(config))) {
    const projection = name.replace(/\.weight$/, '');
    if (shape.length !== 2 || !targets.includes(projection.split('.').at(-1) as Projection)) continue;
    const [down, up] = adapterNames(projection);
    shapes[down] = [rank, shape[1]];
    shapes[up] = [shape[0], rank];
  }
  return shapes;
}

/** Names and shapes of all adapters, in a fixed order. */
export function allAdapterShapes(config: ModelConfig, lora: Lora): Record<string, number[]> {
  const layer = Object.entries(adapterShapes(config, lora));
  const shapes = Array.from({ length: config.nLayers }, (_, i) =>
    layer.map(([name, shape]) => [layerName(i, name), shape] as const),
  );
  return Object.fromEntries(shapes.flat());
}

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
