/**
 * The estimate of `src/train/memory.ts` beside the peak memory that a training step takes, for models of several
 * shapes with random weights. Each is measured in a process of its own. Needs up to 8 GB and some minutes.
 *
 *     node --import tsx scripts/trainMemory.ts [NAME …]
 */
import { fileURLToPath } from 'node:url';
import { runChild } from '../src/bench/child.ts';
import { randomBatch } from '../src/bench/steps.ts';
import type { Precision } from '../src/compile/index.ts';
import { newVariables } from '../src/compile/index.ts';
import { type ModelConfig, PLAIN_LLAMA, PROJECTIONS } from '../src/model/config.ts';
import { fillAdapter, type Lora } from '../src/model/lora.ts';
import { allAdapterShapes } from '../src/model/loraTargets.ts';
import { newParameters, parameterShapes, trainedOf } from '../src/model/parameters.ts';
import { TUNING } from '../src/nn/tuning.ts';
import { startTensorFlow } from '../src/runtime/start.ts';
import { memoryNeed } from '../src/train/memory.ts';
import { initAdamW } from '../src/train/optimizer.ts';
import { makePrograms } from '../src/train/programs.ts';

interface Subject {
  config: ModelConfig;
  batchSize: number;
  seq: number;
  gradAccumSteps?: number;
  gradientCheckpointing?: boolean;
  rank?: number;
  precision?: Precision;
}

const llama = (shape: Partial<ModelConfig>): ModelConfig => ({
  ...PLAIN_LLAMA,
  vocabSize: 8192,
  dModel: 512,
  nLayers: 8,
  nHeads: 8,
  nKvHeads: 8,
  headDim: 64,
  ffnDim: 1376,
  ...{
    maxSeqLen: 4096,
    ropeTheta: 10_000,
    normEps: 1e-5,
    tieEmbeddings: true,
    bosId: null,
    eosId: 0,
    padId: 0,
  },
  ...shape,
});

const deep = llama({
  vocabSize: 32_000,
  dModel: 1024,
  nLayers: 12,
  nHeads: 16,
  nKvHeads: 8,
  ffnDim: 2816,
});
/** The shape of Gemma 3 270M: most of its parameters are the embedding of 262,144 tokens. */
const wide = llama({
  vocabSize: 262_144,
  dModel: 640,
  nLayers: 18,
  nHeads: 4,
  nKvHeads: 1,
  headDim: 256,
  ffnDim: 2048,
  headNorms: true,
  outputNorms: true,
  activation: 'gelu_pytorch_tanh',
  normOffset: 1,
});
const small = llama({
  dModel: 256,
  nLayers: 4,
  nHeads: 8,
  nKvHeads: 8,
  headDim: 32,
  ffnDim: 688,
  vocabSize: 4096,
});
const gpt = llama({ vocabSize: 50_257, dModel: 768, nLayers: 12, nHeads: 12, nKvHeads: 12, ffnDim: 2048 });

const SUBJECTS: Record<string, Subject> = {
  '4 M': { config: small, batchSize: 8, seq: 128 },
  '30 M': { config: llama({}), batchSize: 8, seq: 256 },
  '30 M, float32': { config: llama({}), batchSize: 8, seq: 256, precision: 'float32' },
  '30 M, checkpointing': { config: llama({}), batchSize: 8, seq: 256, gradientCheckpointing: true },
  '30 M, accumulated': { config: llama({}), batchSize: 4, seq: 256, gradAccumSteps: 2 },
  '30 M, long rows': { config: llama({}), batchSize: 1, seq: 2048 },
  '124 M': { config: gpt, batchSize: 4, seq: 512 },
  '124 M, float32': { config: gpt, batchSize: 4, seq: 512, precision: 'float32' },
  '124 M, adapters': { config: gpt, batchSize: 4, seq: 512, rank: 16 },
  '124 M, checkpointing': { config: gpt, batchSize: 4, seq: 512, gradientCheckpointing: true },
  '174 M': { config: deep, batchSize: 2, seq: 512 },
  '174 M, checkpointing': { config: deep, batchSize: 2, seq: 512, gradientCheckpointing: true },
  '174 M, accumulated': { config: deep, batchSize: 1, seq: 128, gradAccumSteps: 2 },
  '270 M': { config: wide, batchSize: 4, seq: 192 },
  '270 M, float32': { config: wide, batchSize: 4, seq: 192, precision: 'float32' },
  '270 M, adapters': { config: wide, batchSize: 4, seq: 192, rank: 16 },
  '270 M, accumulated': { config: wide, batchSize: 1, seq: 128, gradAccumSteps: 2 },
  '270 M, checkpointing': { config: wide, batchSize: 8, seq: 256, gradientCheckpointing: true },
};

const loraOf = (rank: number): Lora => ({
  base: '',
  rank,
  alpha: rank,
  rankStabilized: false,
  dropout: 0,
  targets: [...PROJECTIONS],
});

/** Trains some steps. @returns the largest resident memory of this process, in bytes */
async function measure(subject: Subject): Promise<number> {
  const { config, batchSize, seq, gradAccumSteps = 1, gradientCheckpointing = false, rank } = subject;
  await startTensorFlow();
  const { precision = 'bf16' } = subject;
  const lora = rank ? loraOf(rank) : undefined;
  const parameters = lora ? await frozen(config, lora) : await newParameters(config, 0.02, 0);
  const optimizer = await initAdamW(trainedOf(parameters));
  const programs = makePrograms({ config, parameters, lora }, optimizer, {
    mode: 'graph',
    precision,
    clipNorm: 1,
    dropout: 0,
    gradientCheckpointing,
    seed: 0,
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-8,
    weightDecay: 0,
  });
  const batches = Array.from({ length: gradAccumSteps }, () =>
    randomBatch({ ...config, batch: batchSize, seq }),
  );
  for (let step = 0; step < 4; step++) await programs.step(batches, 1e-3);
  return process.resourceUsage().maxRSS * 1024;
}

/** Random frozen weights in bf16 with adapters that are trained. */
async function frozen(config: ModelConfig, lora: Lora) {
  const shapes = parameterShapes(config);
  const names = new Set(Object.keys(shapes).filter((name) => shapes[name].length > 1));
  const base = await newVariables(shapes, (values) => void values.fill(1), {
    trainable: false,
    bf16: { names, fill: (bits) => void bits.fill(0x3c00) },
  });
  const wanted = allAdapterShapes(config, lora);
  const adapters = await newVariables(wanted, (values, name) => fillAdapter(values, name, wanted[name], 0));
  return { ...base, ...adapters };
}

function estimate(subject: Subject) {
  const { config, batchSize, seq, gradAccumSteps = 1, gradientCheckpointing = false, rank } = subject;
  const { precision = 'bf16' } = subject;
  return memoryNeed({
    config,
    seq,
    precision,
    frozenBytes: 2,
    tuning: TUNING.cpu,
    lora: rank ? loraOf(rank) : undefined,
    train: { batchSize, gradAccumSteps, gradientCheckpointing },
  });
}

const [first, ...others] = process.argv.slice(2);
if (first === '--measure') console.log(JSON.stringify(await measure(SUBJECTS[others[0]])));
else {
  const asked = first === undefined ? Object.keys(SUBJECTS) : [first, ...others];
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`.padStart(9);
  console.log(`${'model'.padEnd(22)}${'estimate'.padStart(9)}${'peak'.padStart(10)}   estimate / peak`);
  for (const name of asked) {
    const need = estimate(SUBJECTS[name]);
    const script = fileURLToPath(import.meta.url);
    const peak = await runChild<number>(name, process.execPath, [
      '--import',
      'tsx',
      script,
      '--measure',
      name,
    ]);
    console.log(
      `${name.padEnd(22)}${gigabytes(need.total)} ${gigabytes(peak)}   ${(need.total / peak).toFixed(2)}`,
    );
  }
}
