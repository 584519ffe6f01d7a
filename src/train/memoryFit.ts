/**
 * Whether a run fits into the memory of the device. If not: the settings that would make it fit, each with the need that
 * it leads to.
 */
import { isAdapter, readLora } from '../checkpoint/adapterConfig.ts';
import { findWeights } from '../checkpoint/weights.ts';
import type { Precision } from '../compile/index.ts';
import { roundUpLength } from '../data/batches/batch.ts';
import { UserError } from '../errors.ts';
import type { ModelConfig } from '../model/config.ts';
import type { Lora } from '../model/lora.ts';
import { TUNING } from '../nn/tuning.ts';
import type { Recipe } from '../recipe/schema.ts';
import {
  availableMemory,
  describeCpu,
  deviceMemory,
  machineMemory,
  multipliesBf16,
  type Place,
} from '../runtime/device.ts';
import { formatBytes } from '../runtime/errors.ts';
import { startedDevice } from '../runtime/start.ts';
import { type MemoryNeed, memoryNeed, type NeedOptions } from './memory.ts';
import { loraOf } from './shape.ts';

/** Settings that lower the need, as flags, and the need that they lead to. */
export interface Remedy {
  flags: string;
  total: number;
}

export interface MemoryFit {
  need: MemoryNeed;
  /** Rows of a micro-batch, and tokens of the longest row. */
  batchSize: number;
  seq: number;
  place: Place;
  fits: boolean;
  /** Bytes that nobody uses now; null where it is not known. */
  available: number | null;
  /** What helps where it does not fit: each alone, or all together where none alone is enough. */
  remedies: Remedy[];
}

/** Share of the memory that a run may take: the system needs some too. */
const SHARE = 0.95;

export interface MemoryFitOptions {
  config: ModelConfig;
  /** Tokens of the longest row, the last one, which is only a target, not counted. */
  longest: number;
  /** Places of a packed row, and the most of any other. */
  maxSeqLen: number;
  precision?: Precision;
}

/** Compares what a run of `recipe` needs with what the device has. */
export async function memoryFit(
  recipe: Recipe,
  { config, longest, maxSeqLen, precision }: MemoryFitOptions,
): Promise<MemoryFit> {
  const { from } = recipe.model;
  // Where TensorFlow has started, it has found out whether the GPU can be used.
  const place = startedDevice() === 'cpu' ? machineMemory() : await deviceMemory();
  const lora = from === undefined ? undefined : isAdapter(from) ? await readLora(from) : loraOf(recipe, from);
  const seq = recipe.train.packing
    ? maxSeqLen
    : Math.min(roundUpLength(longest), Math.max(maxSeqLen, longest));
  const options: NeedOptions = {
    config,
    lora,
    train: recipe.train,
    seq,
    tuning: TUNING[place.kind],
    frozenBytes: lora && !(await isHalf(lora.base)) ? 4 : 2,
    precision: precision ?? precisionOn(place, recipe),
  };
  const need = memoryNeed(options);
  const most = SHARE * place.memoryBytes;
  const fits = need.total <= most;
  return {
    need,
    seq,
    place,
    fits,
    batchSize: recipe.train.batchSize,
    available: place.kind === 'cpu' ? availableMemory() : null,
    remedies: fits ? [] : remediesOf(options, from, most),
  };
}

function precisionOn({ kind }: Place, { train: { precision } }: Recipe): Precision {
  if (precision !== 'auto') return precision;
  return kind === 'gpu' || multipliesBf16(describeCpu()) ? 'bf16' : 'float32';
}

async function isHalf(dir: string): Promise<boolean> {
  const entries = await findWeights(dir).catch(() => null);
  return entries === null || [...entries.values()].some(({ dtype }) => dtype === 'BF16');
}

/** A setting that is not set yet: its flags, and what the need is computed from then. */
type Change = (options: NeedOptions) => { flags: string; options: NeedOptions } | null;

/** @param most bytes that the need may be */
export function remediesOf(options: NeedOptions, from: string | undefined, most: number): Remedy[] {
  const changes = [checkpointing, smallerBatch(most), adapters(from), shorterRows(most)];
  const now = memoryNeed(options).total;
  const alone: Remedy[] = [];
  for (const change of changes) {
    const changed = change(options);
    const total = changed ? memoryNeed(changed.options).total : now;
    if (changed && total <= most) alone.push({ flags: changed.flags, total });
  }
  if (alone.length > 0) return alone;
  // One after the other, as far as each helps.
  let together = options;
  const flags: string[] = [];
  for (const change of changes) {
    const changed = change(together);
    if (!changed || memoryNeed(changed.options).total >= memoryNeed(together).total) continue;
    together = changed.options;
    flags.push(changed.flags);
    if (memoryNeed(together).total <= most) break;
  }
  return flags.length > 0 ? [{ flags: flags.join(' '), total: memoryNeed(together).total }] : [];
}

const checkpointing: Change = (options) =>
  options.train.gradientCheckpointing
    ? null
    : {
        flags: '--train.gradientCheckpointing',
        options: { ...options, train: { ...options.train, gradientCheckpointing: true } },
      };

/** The largest batch that fits, or one row; as many rows a step as before. */
const smallerBatch =
  (most: number): Change =>
  (options) => {
    const { batchSize, gradAccumSteps } = options.train;
    const rows = batchSize * gradAccumSteps;
    let last: ReturnType<Change> = null;
    for (let size = Math.floor(batchSize / 2); size >= 1; size = Math.floor(size / 2)) {
      const steps = Math.ceil(rows / size);
      const train = { ...options.train, batchSize: size, gradAccumSteps: steps };
      last = {
        flags: `--train.batchSize ${size} --train.gradAccumSteps ${steps}`,
        options: { ...options, train },
      };
      if (memoryNeed(last.options).total <= most) break;
    }
    return last;
  };

const adapters =
  (from: string | undefined): Change =>
  (options) => {
    if (options.lora || from === undefined) return null;
    const lora: Lora = {
      base: from,
      rank: 16,
      alpha: 32,
      rankStabilized: false,
      dropout: 0,
      targets: ['q_proj', 'k_proj', 'v_proj', 'o_proj', 'gate_proj', 'up_proj', 'down_proj'],
    };
    return { flags: '--lora.rank 16', options: { ...options, lora } };
  };

/** Rows no shorter than this are proposed. */
const SHORT_ROWS = 128;

const shorterRows =
  (most: number): Change =>
  (options) => {
    let last: ReturnType<Change> = null;
    for (let seq = 2 ** Math.ceil(Math.log2(options.seq) - 1); seq >= SHORT_ROWS; seq /= 2) {
      last = { flags: `--model.maxSeqLen ${seq} --data.truncation cut`, options: { ...options, seq } };
      if (memoryNeed(last.options).total <= most) break;
    }
    return last;
  };

/** What a run needs, part by part, in one line. */
export function needText({ need: { total, ...parts }, batchSize, seq }: MemoryFit): string {
  const some = Object.entries(parts).map(([name, bytes]) => `${name} ${formatBytes(bytes)}`);
  const rows = `${batchSize} row${batchSize === 1 ? '' : 's'} of up to ${seq.toLocaleString('en')} tokens`;
  return `${formatBytes(total)} for ${rows}: ${some.join(', ')}`;
}

/** What lowers the need of a run that does not fit. */
export function remedyText({ remedies, need, place }: MemoryFit): string {
  const texts = remedies.map(({ flags, total }) => `${flags} (then ${formatBytes(total)})`);
  const most = SHARE * place.memoryBytes;
  const enough = remedies.some(({ total }) => total <= most);
  if (enough) return `it fits with ${texts.join(', or ')}`;
  const least = texts.length > 0 ? `${texts[0]} is the least` : `${formatBytes(need.total)} is the least`;
  return `no setting makes it fit: ${least}; take a smaller model or a machine with more memory`;
}

/** @throws UserError for a run that cannot fit */
export function refuseWhatCannotFit(fit: MemoryFit): void {
  if (fit.fits) return;
  const { name, memoryBytes } = fit.place;
  throw new UserError(
    `memory: expected a need of at most ${formatBytes(SHARE * memoryBytes)} of the ${formatBytes(memoryBytes)} of ` +
      `${name}, got about ${needText(fit)}; ${remedyText(fit)}; --force trains all the same`,
  );
}

/** A line of warning where the run fits the machine, but not beside what runs on it now; else null. */
export function tightText({ need, available, fits }: MemoryFit): string | null {
  if (!fits || available === null || need.total <= available) return null;
  return (
    `The run needs about ${formatBytes(need.total)} of memory, and ${formatBytes(available)} are free now: ` +
    'it may be ended by the system unless other programs end first'
  );
}
