/**
 * Times generation, inside a child process: prompts in, tokens out, greedy, on a random model in a folder that the
 * peers read too. `worker.ts` calls this.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import seedrandom from 'seedrandom';
import { loadWeights } from '../checkpoint/model.ts';
import { sourcesOf, writeWeights } from '../checkpoint/weights.ts';
import type { Precision } from '../compile/index.ts';
import { writeJson } from '../files.ts';
import { decode } from '../generate/decode.ts';
import { makeDecoder } from '../generate/decoder.ts';
import { toHuggingFace } from '../model/architectures/huggingFace.ts';
import { newParameters } from '../model/parameters.ts';
import { startTensorFlow } from '../runtime/start.ts';
import { type Measured, median } from './figures.ts';
import { configOf, type StepSize } from './sizes.ts';

/** Makes a model directory with `prompts.json`. */
export interface MakeModelJob {
  kind: 'makeModel';
  folder: string;
  /** Prompts have `seq` tokens, and there are `batch` of them. */
  size: StepSize;
  newTokens: number;
}

export interface GenerateJob {
  kind: 'generate';
  folder: string;
  precision: Precision;
  /** Prompts at once: the first of `prompts.json`. */
  batch: number;
  newTokens: number;
  /** Timed ones, behind one that is not. */
  repeats: number;
}

const PROMPTS = 'prompts.json';
/** No token ends a text: each side writes as many. */
const NO_END = { eosId: -1, stopIds: [] };

/** Random weights, large enough that what comes next depends on what was read. */
export async function makeModel({ folder, size, newTokens }: MakeModelJob): Promise<object> {
  await startTensorFlow();
  const config = { ...configOf(size), maxSeqLen: size.seq + newTokens };
  const random = seedrandom.alea('prompts');
  const draw = () => Math.floor(random() * size.vocabSize);
  const prompts = Array.from({ length: size.batch }, () => Array.from({ length: size.seq }, draw));
  await writeJson(join(folder, 'config.json'), toHuggingFace(config));
  await writeJson(join(folder, PROMPTS), prompts);
  await writeWeights(folder, sourcesOf(await newParameters(config, 0.05, 0, 'graph')));
  return {};
}

export async function timeGeneration(job: GenerateJob): Promise<Measured> {
  const { folder, precision, batch, newTokens, repeats } = job;
  const loaded = await loadWeights(folder, { precision, frozen: true });
  const model = { ...loaded.model, config: { ...loaded.model.config, ...NO_END } };
  const decoder = makeDecoder(model, loaded);
  const prompts: number[][] = JSON.parse(await readFile(join(folder, PROMPTS), 'utf8')).slice(0, batch);
  const options = { maxNewTokens: newTokens, temperature: 0, topK: 0, topP: 1, seed: 0 };
  const times: number[] = [];
  let written: number[][] = [];
  for (let i = 0; i <= repeats; i++) {
    const started = performance.now();
    written = (await decode(decoder, prompts, options)).map(({ ids }) => ids);
    times.push(performance.now() - started);
  }
  return {
    tokensPerSecond: (1000 * batch * newTokens) / median(times.slice(1)),
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    firstStepMs: times[0],
    written,
  };
}
