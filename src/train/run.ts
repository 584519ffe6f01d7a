/**
 * A run: everything that a training loop needs, made from a recipe. `prepareRun` reads the data, finds or trains the
 * tokenizer, and puts model and optimizer on the device; `train.ts` drives what it returns.
 */
import { endedBy } from '../checkpoint/config.ts';
import { readConfig, readModel } from '../checkpoint/model.ts';
import { choosePrecision } from '../compile/choosePrecision.ts';
import type { Mode, Precision } from '../compile/index.ts';
import { type Batch, makeBatch } from '../data/batches/batch.ts';
import { type Order, trainingOrder } from '../data/batches/order.ts';
import { type DataStats, packingOf } from '../data/dataStats.ts';
import { type HeldOut, longestSequence, prepareData, rowLength } from '../data/prepare.ts';
import type { Sequences } from '../data/tokens/sequences.ts';
import { UserError } from '../errors.ts';
import { type Decoder, makeDecoder } from '../generate/decoder.ts';
import type { Model } from '../model/decoder.ts';
import { disposeParameters, newParameters, trainedOf } from '../model/parameters.ts';
import type { Recipe } from '../recipe/schema.ts';
import { startTensorFlow } from '../runtime/start.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { withAdapterOf } from './adapter.ts';
import { memoryFit, refuseWhatCannotFit, tightText } from './memoryFit.ts';
import { type AdamWState, disposeAdamW, initAdamW } from './optimizer.ts';
import { makePrograms, type Programs } from './programs.ts';
import { loraOf, shapeOf } from './shape.ts';

export interface Run {
  recipe: Recipe;
  tokenizer: Tokenizer;
  model: Model;
  optimizer: AdamWState;
  programs: Programs;
  /** Programs that generate with the weights as they are. */
  decoder: Decoder;
  /** Numbers that matrix products are computed in. */
  precision: Precision;
  train: Sequences;
  validation: Sequences;
  /** Rows of the whole run: sequences, or packed rows of several, pass after pass. */
  order: Order;
  /** Tokens of the longest sequence, and places of a packed row. */
  maxSeqLen: number;
  /** The first validation examples as they were read, to show answers to. */
  heldOut: HeldOut[];
  dataStats: DataStats;
  /** Hash of the encoded training data: a run resumes only on the same. */
  fingerprint: string;
  /** Optimizer updates made so far; the place in the data and the learning rate follow from it. */
  step: number;
  /** Optimizer updates in all. */
  steps: number;
  /** Frees model and optimizer, and closes the data. */
  dispose(): void;
}

export interface PrepareOptions {
  /** Directory to take tokenizer, shape and weights from, in place of what the recipe says (for resuming). */
  from?: string;
  /** `eager` computes op by op, for debugging; default `graph`. */
  mode?: Mode;
  /** What the run was begun with, in place of what the recipe leaves open. */
  precision?: Precision;
  /** Told what is being done, for a person who waits. */
  note?: (text: string) => void;
  /** Called with what a person must know: memory is short, a saved step is damaged. */
  warn?: (line: string) => void;
  /** Prepares also a run that cannot fit into the memory. */
  force?: boolean;
}

/** @throws UserError for anything in the recipe's files that does not fit */
export async function prepareRun(
  asked: Recipe,
  { from, note, warn, force = false, mode = 'graph', precision: begunWith }: PrepareOptions = {},
): Promise<Run> {
  const source = from ?? asked.model.from;
  const recipe = await withAdapterOf(asked, source);
  if (recipe.lora && !source) {
    throw new UserError('lora: expected model.from, the model that adapters are trained for, got none');
  }
  const sourceConfig = source ? await readConfig(source) : null;
  const most = longestSequence(recipe, sourceConfig?.maxSeqLen);
  const { tokenizer, ...data } = await prepareData(recipe, { maxSeqLen: most, from, note });
  const { vocabSize, bosId, eosId, padId } = tokenizer;
  const config = sourceConfig ?? { ...shapeOf(recipe, vocabSize), bosId, eosId, padId };
  if (tokenizer.vocabSize > config.vocabSize) {
    throw new UserError(
      `tokenizer: expected at most ${config.vocabSize} pieces, as the model in ${source} has, ` +
        `got ${tokenizer.vocabSize}; use the tokenizer that belongs to the model`,
    );
  }
  const { train, dataStats } = data;
  if (train.count === 0) {
    throw new UserError(
      `data.train: expected at least one example that fits, got none: of ${dataStats.train.sequences}, ` +
        `${dataStats.train.tooLong} were longer than model.maxSeqLen ${most}; ` +
        'raise --model.maxSeqLen or use --data.truncation cut',
    );
  }
  const { maxSeqLen, longest } = rowLength(recipe, most, data);
  const order = trainingOrder(train, recipe, maxSeqLen);
  const rows = order.epochRows(0);
  if (recipe.train.packing) dataStats.packing = packingOf(rows, train.lengths, maxSeqLen);

  await startTensorFlow();
  const fit = await memoryFit(recipe, { config, longest, maxSeqLen, precision: begunWith });
  if (!force) refuseWhatCannotFit(fit);
  const tight = tightText(fit);
  if (tight) warn?.(tight);
  const read =
    source && (await readModel(source, { mode, lora: loraOf(recipe, source), seed: recipe.train.seed }));
  const model: Model = read
    ? { ...read, config: endedBy(read.config, tokenizer.eosId) }
    : { config, parameters: await newParameters(config, recipe.model.initStd, recipe.train.seed, mode) };
  const optimizer = await initAdamW(trainedOf(model.parameters), mode);
  const precision = begunWith ?? choosePrecision(recipe.train.precision, mode);
  const programs = makePrograms(model, optimizer, { ...recipe.train, mode, precision });
  const decoder = makeDecoder(model, { mode, precision });
  const { steps, epochs } = recipe.train;
  return {
    recipe,
    tokenizer,
    model,
    optimizer,
    programs,
    decoder,
    precision,
    ...data,
    order,
    maxSeqLen,
    step: 0,
    steps: steps ?? Math.ceil((epochs * rows.length) / rowsPerStep(recipe)),
    dispose() {
      disposeParameters(model.parameters);
      disposeAdamW(optimizer);
      programs.dispose();
      decoder.dispose();
      data.train.close();
      data.validation.close();
    },
  };
}

/** Rows that one optimizer step takes. */
export const rowsPerStep = ({ train }: Recipe) => train.batchSize * train.gradAccumSteps;

/** Micro-batches of step `step`, counted from 1. */
export function stepBatches({ recipe, train, order, maxSeqLen, tokenizer }: Run, step: number): Batch[] {
  const count = rowsPerStep(recipe);
  const rows = order.rows((step - 1) * count, step * count);
  return batchesOf(train, rows, recipe, tokenizer.padId, maxSeqLen);
}

/**
 * Batches of rows of sequences. Packed rows all have `maxSeqLen` places; others are sorted by length, so that rows of a
 * micro-batch are alike and little is padding.
 */
export function batchesOf(
  sequences: Sequences,
  rows: readonly (readonly number[])[],
  { train: { batchSize, packing } }: Recipe,
  padId: number,
  maxSeqLen: number,
): Batch[] {
  const lengthOf = (row: readonly number[]) => row.reduce((sum, i) => sum + sequences.lengths[i], 0);
  const sorted = packing ? rows : [...rows].sort((a, b) => lengthOf(a) - lengthOf(b));
  const batches: Batch[] = [];
  for (let i = 0; i < sorted.length; i += batchSize) {
    const some = sorted.slice(i, i + batchSize).map((row) => row.map((one) => sequences.get(one)));
    batches.push(makeBatch(some, padId, { maxSeqLen, seq: packing ? maxSeqLen : undefined }));
  }
  return batches;
}

/** Warm-up in steps, from the ratio where no number is given. */
export function warmupStepsOf({ recipe, steps }: Run): number {
  return recipe.train.warmupSteps ?? Math.ceil(recipe.train.warmupRatio * steps);
}
