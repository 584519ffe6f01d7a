/** Rotary positions as `config.json` tells them, in the spelling of transformers 4 or 5. */
import type { ModelConfig, RopeScaling } from '../config.ts';
import { type Options, optionsOf } from './options.ts';

type Rope = Pick<ModelConfig, 'ropeTheta' | 'ropeScaling'>;

/** Reads `rope_theta` and `rope_scaling`, or `rope_parameters`. @throws UserError for a kind that is not supported */
export function readRope(options: Options): Rope {
  const field = options.get('rope_parameters') == null ? 'rope_scaling' : 'rope_parameters';
  const given = options.get(field) ?? {};
  if (typeof given !== 'object') throw options.bad(field, 'an object or null');
  const parts = optionsOf(given as Record<string, unknown>, {}, `${options.where}: ${field}`);
  const ropeTheta =
    parts.get('rope_theta') == null ? options.number('rope_theta', 10_000) : parts.number('rope_theta');
  const maxSeqLen = options.number('max_position_embeddings');
  return { ropeTheta, ropeScaling: readScaling(parts, maxSeqLen) };
}

function readScaling(parts: Options, maxSeqLen: number): RopeScaling | null {
  const partial = parts.get('partial_rotary_factor') ?? 1;
  if (partial !== 1) throw parts.bad('partial_rotary_factor', '1, whole heads being rotated');
  const field = parts.get('rope_type') == null && parts.get('type') != null ? 'type' : 'rope_type';
  const type = parts.get(field) ?? 'default';
  const originalMaxSeqLen = () => parts.number('original_max_position_embeddings', maxSeqLen);
  switch (type) {
    case 'default':
      return null;
    case 'linear':
      return { type: 'linear', factor: parts.number('factor') };
    case 'llama3':
      return {
        type: 'llama3',
        factor: parts.number('factor'),
        lowFreqFactor: parts.number('low_freq_factor'),
        highFreqFactor: parts.number('high_freq_factor'),
        originalMaxSeqLen: originalMaxSeqLen(),
      };
    case 'yarn': {
      for (const option of ['mscale', 'mscale_all_dim']) {
        if (parts.get(option) != null) throw parts.bad(option, 'none');
      }
      if (parts.get('truncate') === false) throw parts.bad('truncate', 'true');
      const factor = parts.number('factor');
      return {
        type: 'yarn',
        factor,
        betaFast: parts.number('beta_fast', 32),
        betaSlow: parts.number('beta_slow', 1),
        originalMaxSeqLen: originalMaxSeqLen(),
        attentionFactor: parts.number('attention_factor', factor > 1 ? 0.1 * Math.log(factor) + 1 : 1),
      };
    }
    default:
      throw parts.bad(field, '"default", "linear", "llama3" or "yarn"');
  }
}

/** In the spelling of transformers 4, which 5 reads too. */
export function writeRope({ ropeTheta, ropeScaling }: Rope): Record<string, unknown> {
  if (ropeScaling === null) return { rope_theta: ropeTheta };
  const { type, factor } = ropeScaling;
  const scaling: Record<string, unknown> = { rope_type: type, factor };
  if (ropeScaling.type === 'llama3') {
    scaling.low_freq_factor = ropeScaling.lowFreqFactor;
    scaling.high_freq_factor = ropeScaling.highFreqFactor;
  }
  if (ropeScaling.type === 'yarn') {
    scaling.beta_fast = ropeScaling.betaFast;
    scaling.beta_slow = ropeScaling.betaSlow;
    scaling.attention_factor = ropeScaling.attentionFactor;
  }
  if (ropeScaling.type !== 'linear') scaling.original_max_position_embeddings = ropeScaling.originalMaxSeqLen;
  return { rope_theta: ropeTheta, rope_scaling: scaling };
}
