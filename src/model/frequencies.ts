/** Frequencies of rotary positions, plain or scaled for sequences longer than those first trained on. */
import type { ModelConfig, RopeScaling } from './config.ts';

/** Radians a position of each pair [headDim / 2], and what cos and sin are multiplied by. */
export interface Frequencies {
  radians: number[];
  scale: number;
}

export function rotaryFrequencies({
  headDim,
  ropeTheta,
  ropeScaling,
}: Pick<ModelConfig, 'headDim' | 'ropeTheta' | 'ropeScaling'>): Frequencies {
  const plain = Array.from({ length: headDim / 2 }, (_, i) => ropeTheta ** ((-2 * i) / headDim));
  if (ropeScaling === null) return { radians: plain, scale: 1 };
  switch (ropeScaling.type) {
    case 'linear':
      return { radians: plain.map((radians) => radians / ropeScaling.factor), scale: 1 };
    case 'llama3':
      return { radians: plain.map((radians) => llama3(radians, ropeScaling)), scale: 1 };
    case 'yarn':
      return {
        radians: yarn(plain, ropeTheta, ropeScaling),
        scale: ropeScaling.attentionFactor,
      };
  }
}

type Scaling<T extends RopeScaling['type']> = Extract<RopeScaling, { type: T }>;

/** Llama 3.1: waves longer than the first trained length are slowed, short ones stay, those between are blended. */
function llama3(radians: number, scaling: Scaling<'llama3'>): number {
  const { factor, lowFreqFactor, highFreqFactor, originalMaxSeqLen } = scaling;
  const turns = (originalMaxSeqLen * radians) / (2 * Math.PI);
  const kept = clamp((turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor));
  return ((1 - kept) * radians) / factor + kept * radians;
}

/** YaRN (arXiv 2309.00071): as above, blended along the pairs between those that turn `betaFast` and `betaSlow` times. */
function yarn(plain: number[], ropeTheta: number, scaling: Scaling<'yarn'>): number[] {
  const { factor, betaFast, betaSlow, originalMaxSeqLen, truncate = true } = scaling;
  const headDim = 2 * plain.length;
  const pairTurning = (turns: number) =>
    (headDim * Math.log(originalMaxSeqLen / (turns * 2 * Math.PI))) / (2 * Math.log(ropeTheta));
  const [low, high] = [pairTurning(betaFast), pairTurning(betaSlow)];
  const first = Math.max(truncate ? Math.floor(low) : low, 0);
  const last = Math.min(truncate ? Math.ceil(high) : high, headDim - 1);
  return plain.map((radians, i) => {
    const slowed = clamp((i - first) / (last === first ? 0.001 : last - first));
    return (slowed * radians) / factor + (1 - slowed) * radians;
  });
}

const clamp = (x: number) => Math.min(Math.max(x, 0), 1);
