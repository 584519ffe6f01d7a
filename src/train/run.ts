/**
 * A run: everything that a training loop needs, made from a recipe. `prepareRun` reads the data, finds or trains the
 * tokenizer, and puts model and optimizer on the device; `train.ts` drives what it returns.
 */
import { createHash } from 'node:crypto';
import { readConfig, readParameters } from '../checkpoint/model.ts';
import { type Batch, makeBatch } from '../data/batch.ts';
import { type EncodingAccount, encodeExamples } from '../data/dataset.ts';
import type { Encoded } from '../data/encode.ts';
import type { LoadAccount } from '../data/load.ts';
import { orderOf } from '../data/order.ts';
import { findTokenizer, loadSplit } from '../data/prepare.ts';
import { UserError } from '../errors.ts';
import { getMethod } from '../methods/index.ts';
import type { Example } from '../methods/parts/example.ts';
import type { ModelConfig } from '../model/config.ts';
import type { Model } from '../model/decoder.ts';
import { disposeParameters, initialValues, toParameters } from '../model/parameters.ts';
import type { Recipe } from '../recipe/schema.ts';
import { startTensorFlow } from '../runtime/start.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { type AdamWState, disposeAdamW, initAdamW } from './optimizer.ts';

/** What was read and what became of it. */
export interface DataAccount {
  rows: LoadAccount;
  train: EncodingAccount;
  validation: EncodingAccount;
}

export interface Run {
  recipe: Recipe;
  tokenizer: Tokenizer;
  model: Model;
  optimizer: AdamWState;
  train: Encoded[];
  validation: Encoded[];
  /** The validation examples as they were read, to show answers to. */
  heldOut: Example[];
  account: DataAccount;
  /** Hash of the encoded training data: a run resumes only on the same. */
  fingerprint: string;
  /** Optimizer updates made so far; the place in the data and the learning rate follow from it. */
  step: number;
  /** Optimizer updates in all. */
  steps: number;
  /** Frees model and optimizer. */
  dispose(): void;
}

export interface PrepareOptions {
  /** Directory to take tokenizer, shape and weights from, in place of what the recipe says (for resuming). */
  from?: string;
  /** Told what is being done, for a person who waits. */
  note?: (text: string) => void;
}

/** @throws UserError for anything in the recipe's files that does not fit */
export async function prepareRun(recipe: Recipe, { from, note }: PrepareOptions = {}): Promise<Run> {
  const method = getMethod(recipe.method.name);
  note?.('reading data …');
  const data = await loadSplit(recipe, method);
  note?.('preparing the tokenizer …');
  const tokenizer = await findTokenizer(recipe, method, data.train, from);
  const source = from ?? recipe.model.from;
  const config = source ? await readConfig(source) : configOf(recipe, tokenizer);
  if (tokenizer.vocabSize > config.vocabSize) {
    throw new UserError(
      `tokenizer: expected at most ${config.vocabSize} pieces, as the model in ${source} has, ` +
        `got ${tokenizer.vocabSize}; use the tokenizer that belongs to the model`,
    );
  }
  const encode = (examples: Example[]) =>
    encodeExamples(examples, {
      method,
      pair: recipe.method,
      tokenizer,
      maxSeqLen: config.maxSeqLen,
      truncation: recipe.data.truncation,
      onProgress: (done) =>
        note?.(
          `tokenizing ${done.toLocaleString('en')} of ${examples.length.toLocaleString('en')} examples …`,
        ),
    });
  const train = encode(data.train);
  const validation = encode(data.validation);
  const account = { rows: data.account, train: train.account, validation: validation.account };
  if (train.encoded.length === 0) {
    throw new UserError(
      `data.train: expected at least one example that fits, got none: of ${account.train.sequences}, ` +
        `${account.train.tooLong} were longer than model.maxSeqLen ${config.maxSeqLen}; ` +
        'raise --model.maxSeqLen or use --data.truncation cut',
    );
  }

  await startTensorFlow();
  const values = source
    ? await readParameters(`${source}/model.safetensors`, config)
    : initialValues(config, recipe.model.initStd, recipe.train.seed);
  const model = { config, parameters: toParameters(config, values) };
  const optimizer = initAdamW(model.parameters);
  const { steps, epochs } = recipe.train;
  return {
    recipe,
    tokenizer,
    model,
    optimizer,
    train: train.encoded,
    validation: validation.encoded,
    heldOut: data.validation,
    account,
    fingerprint: fingerprintOf(train.encoded),
    step: 0,
    steps: steps ?? Math.ceil((epochs * train.encoded.length) / examplesPerStep(recipe)),
    dispose() {
      disposeParameters(model.parameters);
      disposeAdamW(optimizer);
    },
  };
}

/** Examples that one optimizer step takes. */
export const examplesPerStep = ({ train }: Recipe) => train.batchSize * train.gradAccumSteps;

/** Micro-batches of step `step`, counted from 1. Examples of like length share a micro-batch. */
export function stepBatches({ recipe, train, model, tokenizer }: Run, step: number): Batch[] {
  const { batchSize, seed } = recipe.train;
  const count = examplesPerStep(recipe);
  const examples = orderOf(train.length, seed, (step - 1) * count, step * count).map((i) => train[i]);
  return batchesOf(examples, batchSize, tokenizer.padId, model.config.maxSeqLen);
}

/** Batches of examples sorted by length, so that little is padding. */
export function batchesOf(examples: Encoded[], batchSize: number, padId: number, maxSeqLen: number): Batch[] {
  const sorted = [...examples].sort((a, b) => a.ids.length - b.ids.length);
  const batches: Batch[] = [];
  for (let i = 0; i < sorted.length; i += batchSize) {
    batches.push(makeBatch(sorted.slice(i, i + batchSize), padId, maxSeqLen));
  }
  return batches;
}

/** Warm-up in steps, from the ratio where no number is given. */
export function warmupStepsOf({ recipe, steps }: Run): number {
  return recipe.train.warmupSteps ?? Math.ceil(recipe.train.warmupRatio * steps);
}

function configOf({ model }: Recipe, tokenizer: Tokenizer): ModelConfig {
  const { dModel, nLayers, nHeads, ffnDim, maxSeqLen, ropeTheta, normEps, tieEmbeddings } = model;
  return {
    vocabSize: tokenizer.vocabSize,
    dModel,
    nLayers,
    nHeads,
    nKvHeads: model.nKvHeads ?? nHeads,
    headDim: model.headDim ?? dModel / nHeads,
    ffnDim,
    maxSeqLen,
    ropeTheta,
    normEps,
    tieEmbeddings,
    bosId: tokenizer.bosId,
    eosId: tokenizer.eosId,
    padId: tokenizer.padId,
  };
}

function fingerprintOf(examples: Encoded[]): string {
  const hash = createHash('sha256');
  for (const { ids, spans } of examples) hash.update(ids).update(spans);
  return hash.digest('hex').slice(0, 16);
}
