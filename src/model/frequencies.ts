/** Rotary frequencies of a model, plain or scaled for longer sequences than those of pre-training. */
import type { RotaryFrequencies } from '../nn/rotary.ts';
import type { ModelConfig, RopeScaling } from './config.ts';

export function rotaryFrequencies({
  headDim,
  ropeTheta,
  ropeScaling,
}: Pick<ModelConfig, 'headDim' | 'ropeTheta' | 'ropeScaling'>): RotaryFrequencies {
  const plain = Array.from({ length: headDim / 2 }, (_, i) => ropeTheta ** ((-2 * i) / headDim));
  if (ropeScaling === null) return { inverseFrequencies: plain, attentionFactor: 1 };
  switch (ropeScaling.type) {
    case 'linear':
      return {
        inverseFrequencies: plain.map((frequency) => frequency / ropeScaling.factor),
        attentionFactor: 1,
      };
    case 'llama3':
      return {
        inverseFrequencies: plain.map((frequency) => llama3(frequency, ropeScaling)),
        attentionFactor: 1,
      };
    case 'yarn':
      return {
        inverseFrequencies: yarn(plain, ropeTheta, ropeScaling),
        attentionFactor: ropeScaling.attentionFactor,
      };
  }
}

type Scaling<T extends RopeScaling['type']> = Extract<RopeScaling, { type: T }>;

/** Llama 3.1: slows down waves longer than the original context, keeps short ones, and blends between. */
function llama3(frequency: number, scaling: Scaling<'llama3'>): number {
  const { factor, lowFreqFactor, highFreqFactor, originalMaxSeqLen } = scaling;
  const turns = (originalMaxSeqLen * frequency) / (2 * Math.PI);
  const kept = clamp((turns - lowFreqFactor) / (highFreqFactor - lowFreqFactor));
  return ((1 - kept) * frequency) / factor + kept * frequency;
}

/** YaRN (arXiv 2309.00071): as Llama 3.1, blended over the pairs that turn between `betaFast` and `betaSlow` times. */
function yarn(plain: number[], ropeTheta: number, scaling: Scaling<'yarn'>): number[] {
  const { factor, betaFast, betaSlow, originalMaxSeqLen, truncate = true } = scaling;
  const headDim = 2 * plain.length;
  const pairTurning = (turns: number) =>
    (headDim * Math.log(originalMaxSeqLen / (turns * 2 * Math.PI))) / (2 * Math.log(ropeTheta));
  const [low, high] = [pairTurning(betaFast), pairTurning(betaSlow)];
  const first = Math.max(truncate ? Math.floor(low) : low, 0);
  const last = Math.min(truncate ? Math.ceil(high) : high, headDim - 1);
  return plain.map((frequency, i) => {
    const slowed = clamp((i - first) / (last === first ? 0.001 : last - first));
    return (slowed * frequency) / factor + (1 - slowed) * frequency;
  });
}

const clamp = (x: number) => Math.min(Math.max(x, 0), 1);
