/** Rotary positions as `config.json` tells them, in the spelling of transformers 4 or 5. */
import { UserError } from '../../errors.ts';
import { shown } from '../../shown.ts';
import type { ModelConfig, RopeScaling } from '../config.ts';
import { type Options, optionsOf } from './options.ts';

type Rope = Pick<ModelConfig, 'ropeTheta' | 'ropeScaling'>;

/** Longest sequence that a config may name. */
export const MOST_POSITIONS = 2 ** 31 - 1;

/**
 * Reads `rope_theta` and `rope_scaling` (transformers 4), or `rope_parameters` (5).
 * @throws UserError for a kind that is not supported, and where the two spellings contradict each other
 */
export function readRope(options: Options): Rope {
  const spellings = ['rope_scaling', 'rope_parameters'].map((field) => ({
    field,
    given: objectOf(options, field),
  }));
  return readSpellings(options, { field: 'rope_theta', fallback: 10_000 }, spellings);
}

/** An object of the file; null where it is left out, null or empty. */
export function objectOf(options: Options, field: string): Record<string, unknown> | null {
  const given = options.get(field) ?? {};
  if (typeof given !== 'object' || Array.isArray(given)) throw options.bad(field, 'an object or null');
  return Object.keys(given).length > 0 ? (given as Record<string, unknown>) : null;
}

/** Options of rotary positions in one object, and what it is called in messages. */
export interface Spelling {
  field: string;
  given: Record<string, unknown> | null;
}

/** @param theta the option beside the spellings that names the base, and the base where none of them does */
export function readSpellings(
  options: Options,
  theta: { field: string; fallback: number },
  spellings: Spelling[],
): Rope {
  const read = spellings.flatMap(({ field, given }) => {
    if (!given) return [];
    const parts = optionsOf(given, {}, `${options.where}: ${field}`);
    return [{ field, given, rope: readParts(options, theta, parts) }];
  });
  const [first, second] = read;
  if (!first) return { ropeTheta: options.number(theta.field, theta.fallback), ropeScaling: null };
  if (second && JSON.stringify(first.rope) !== JSON.stringify(second.rope)) {
    throw new UserError(
      `${options.where}: ${second.field}: expected the same as ${first.field}, ${shown(first.given)}, ` +
        `got ${shown(second.given)}; keep the one that is right`,
    );
  }
  return first.rope;
}

function readParts(options: Options, theta: { field: string; fallback: number }, parts: Options): Rope {
  const outside = options.get(theta.field);
  const inside = parts.get('rope_theta');
  if (inside !== undefined && outside !== undefined && inside !== outside) {
    throw parts.bad('rope_theta', `${shown(outside)}, as ${theta.field} beside it says`);
  }
  const ropeTheta =
    inside === undefined ? options.number(theta.field, theta.fallback) : parts.number('rope_theta');
  const maxSeqLen = options.count('max_position_embeddings', { most: MOST_POSITIONS });
  const ropeScaling = readScaling(parts, maxSeqLen);
  const [other] = parts.unread();
  if (!other) return { ropeTheta, ropeScaling };
  throw parts.bad(other[0], `no option of this name for rope_type "${ropeScaling?.type ?? 'default'}"`);
}

function readScaling(parts: Options, maxSeqLen: number): RopeScaling | null {
  const partial = parts.get('partial_rotary_factor') ?? 1;
  if (partial !== 1) throw parts.bad('partial_rotary_factor', '1, whole heads being rotated');
  const [newer, older] = [parts.get('rope_type'), parts.get('type')];
  if (newer !== undefined && older !== undefined && newer !== older) {
    throw parts.bad('type', `${shown(newer)}, as rope_type says`);
  }
  const type = newer ?? older ?? 'default';
  const originalMaxSeqLen = () =>
    parts.count('original_max_position_embeddings', { most: MOST_POSITIONS, fallback: maxSeqLen });
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
    case 'yarn':
      return readYarn(parts, originalMaxSeqLen(), maxSeqLen);
    default:
      throw parts.bad(newer === undefined ? 'type' : 'rope_type', '"default", "linear", "llama3" or "yarn"');
  }
}

/** As transformers computes it from its options (`_compute_yarn_parameters`). */
function readYarn(parts: Options, originalMaxSeqLen: number, maxSeqLen: number): RopeScaling {
  const factor = parts.number('factor', maxSeqLen / originalMaxSeqLen);
  const growth = (scale: number) => (factor > 1 ? 0.1 * scale * Math.log(factor) + 1 : 1);
  const [scale, scaleAll] = ['mscale', 'mscale_all_dim'].map((option) =>
    parts.get(option) ? parts.number(option) : 0,
  );
  const attention = scale && scaleAll ? growth(scale) / growth(scaleAll) : growth(1);
  parts.get('finetuned'); // Says how the model came about.
  const truncate = parts.get('truncate') === undefined || parts.flag('truncate');
  return {
    type: 'yarn',
    factor,
    betaFast: parts.number('beta_fast', 32),
    betaSlow: parts.number('beta_slow', 1),
    originalMaxSeqLen,
    attentionFactor: parts.number('attention_factor', attention),
    ...(!truncate && { truncate }),
  };
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
    if (ropeScaling.truncate === false) scaling.truncate = false;
  }
  if (ropeScaling.type !== 'linear') scaling.original_max_position_embeddings = ropeScaling.originalMaxSeqLen;
  return { rope_theta: ropeTheta, rope_scaling: scaling };
}
