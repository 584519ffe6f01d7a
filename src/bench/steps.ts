/**
 * Times training steps of ours, inside a child process: full rows of random tokens, and batches of real text. The
 * model is made from a size or a config alone; `worker.ts` calls this.
 */
import { readFile } from 'node:fs/promises';
import seedrandom from 'seedrandom';
import { allowXla, type Mode, type Precision } from '../compile/index.ts';
import { type Batch, makeBatch } from '../data/batches/batch.ts';
import { orderOf } from '../data/batches/order.ts';
import type { Encoded } from '../data/tokens/encode.ts';
import { inMemory } from '../data/tokens/sequences.ts';
import type { ModelConfig } from '../model/config.ts';
import { newParameters } from '../model/parameters.ts';
import { startTensorFlow } from '../runtime/start.ts';
import { meanLoss } from '../train/gradients.ts';
import { initAdamW } from '../train/optimizer.ts';
import { makePrograms } from '../train/programs.ts';
import { type Measured, median } from './figures.ts';
import { configOf, LEARNING_RATE, STEP_OPTIONS, type StepSize } from './sizes.ts';

export interface StepJob {
  kind: 'step';
  size: StepSize;
  mode: Mode;
  precision: Precision;
  /** Whether XLA compiles parts of the step. */
  xla?: boolean;
  warmUp: number;
  steps: number;
}

export interface TextJob {
  kind: 'text';
  /** Of `text.ts`: the model, and the sequences as JSON lines. */
  config: ModelConfig;
  sequences: string;
  precision: Precision;
  packed: boolean;
  /** Rows a step; packed ones have `seq` places. */
  batch: number;
  seq: number;
  warmUp: number;
  steps: number;
}

/** The same batch of random tokens in every step, each position with a loss. */
export async function timeSteps(job: StepJob): Promise<Measured> {
  const { size, mode, precision, xla = false, warmUp, steps } = job;
  if (xla) allowXla();
  const config = configOf(size);
  const step = await stepper(config, mode, precision);
  const batch = randomBatch(size);
  const all: Timed[] = [];
  for (let i = 0; i < warmUp + steps; i++) all.push(await step(() => batch));
  const ms = median(all.slice(warmUp).map((one) => one.ms));
  return measured(all, { tokensPerSecond: (1000 * size.batch * size.seq) / ms });
}

/**
 * Batches of text, packed or padded. A first pass over them compiles a program for each shape; the second is timed,
 * without the first `warmUp` of them, the making of the batches included.
 */
export async function timeText(job: TextJob): Promise<Measured> {
  const { config, precision, packed, batch, seq, warmUp, steps } = job;
  const lines = (await readFile(job.sequences, 'utf8')).trimEnd().split('\n');
  const sequences = inMemory(lines.map(encodedOf));
  const order = orderOf(sequences, { seed: 0, packInto: seq, mixing: 1 });
  const make = (i: number) => {
    // Packed rows come in our own order; padded ones in the order of the file, as the peer takes them.
    const rows = packed
      ? order.rows(i * batch, (i + 1) * batch)
      : Array.from({ length: batch }, (_, row) => [i * batch + row]);
    const examples = rows.map((row) => row.map((one) => sequences.get(one)));
    return makeBatch(examples, config.padId, { maxSeqLen: seq, seq: packed ? seq : undefined });
  };
  const step = await stepper({ ...config, maxSeqLen: seq }, 'graph', precision);
  const all: Timed[] = [];
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i < warmUp + steps; i++) all.push(await step(() => make(i)));
  }
  const timed = all.slice(-steps);
  const sum = (of: (one: Timed) => number) => timed.reduce((total, one) => total + of(one), 0);
  const perSecond = (tokens: number) => (1000 * tokens) / sum(({ ms }) => ms);
  return measured(all, {
    tokensPerSecond: perSecond(sum(({ tokens }) => tokens)),
    supervisedTokensPerSecond: perSecond(sum(({ supervised }) => supervised)),
  });
}

interface Timed {
  ms: number;
  loss: number;
  tokens: number;
  supervised: number;
}

/** A function that makes a batch, trains on it and says how long both took. */
async function stepper(config: ModelConfig, mode: Mode, precision: Precision) {
  await startTensorFlow();
  const parameters = await newParameters(config, 0.02, 0, mode);
  const optimizer = await initAdamW(parameters, mode);
  const programs = makePrograms({ config, parameters }, optimizer, { ...STEP_OPTIONS, mode, precision });
  return async (make: () => Batch): Promise<Timed> => {
    const started = performance.now();
    const batch = make();
    const { spans } = await programs.step([batch], LEARNING_RATE);
    const ms = performance.now() - started;
    return { ms, loss: meanLoss(spans), tokens: batch.tokenCount, supervised: batch.supervisedCount };
  };
}

function measured(
  all: Timed[],
  speed: Pick<Measured, 'tokensPerSecond' | 'supervisedTokensPerSecond'>,
): Measured {
  return {
    ...speed,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    firstStepMs: all[0].ms,
    losses: [all[0].loss, all[all.length - 1].loss],
  };
}

export function randomBatch({ batch, seq, vocabSize }: StepSize): Batch {
  const random = seedrandom.alea('bench');
  const rows = Array.from({ length: batch }, (_, i): [Encoded] => {
    const ids = Int32Array.from({ length: seq + 1 }, () => Math.floor(random() * vocabSize));
    return [{ id: `row ${i + 1}`, ids, spans: new Int8Array(seq + 1) }];
  });
  return makeBatch(rows, 0, { maxSeqLen: seq, seq });
}

function encodedOf(line: string, i: number): Encoded {
  const { input_ids, spans } = JSON.parse(line) as { input_ids: number[]; spans: number[] };
  return { id: `sequence ${i + 1}`, ids: Int32Array.from(input_ids), spans: Int8Array.from(spans) };
}
