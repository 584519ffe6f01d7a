/**
 * Trains a small model for many steps and prints memory, tensors and files on the way: they must stay as they are.
 * `steady.ts [steps] [dModel]`, by default 5,000 steps of D = 256, L = 4.
 */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { configOf, SIZES, STEP_OPTIONS } from '../../src/bench/sizes.ts';
import { newParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { meanLoss } from '../../src/train/gradients.ts';
import { initAdamW } from '../../src/train/optimizer.ts';
import { makePrograms } from '../../src/train/programs.ts';

const steps = Number(process.argv[2] ?? 5000);
const dModel = Number(process.argv[3] ?? 256);
const size = { ...SIZES.small, dModel };
const { batch, seq, vocabSize } = size;
const config = configOf(size);

await startTensorFlow();
const parameters = await newParameters(config, 0.02, 1);
const optimizer = await initAdamW(parameters);
const options = { ...STEP_OPTIONS, clipNorm: 1, mode: 'graph', precision: 'float32' } as const;
const programs = makePrograms({ config, parameters }, optimizer, options);
const places = batch * seq;
const positions = Int32Array.from({ length: places }, (_, at) => at % seq);
const zeros = new Int32Array(places);
const files = () => readdirSync(tmpdir()).length + readdirSync('.').length;
const filesBefore = files();
console.log('step      loss   resident MB   tensors   new files');
for (let step = 1; step <= steps; step++) {
  const tokens = Int32Array.from({ length: places }, (_, at) => (at * 31 + step * 17) % vocabSize);
  const targets = tokens.map((token) => (token * 7 + 3) % vocabSize);
  const counts = { tokenCount: places, supervisedCount: places };
  const arrays = { tokens, targets, positions, documents: zeros, spans: new Int8Array(places) };
  const { spans } = await programs.step([{ exampleIds: [], batch, seq, ...arrays, ...counts }], 1e-4);
  if (step === 50 || step % Math.ceil(steps / 10) === 0) {
    const row = [step, meanLoss(spans).toFixed(3), (process.memoryUsage().rss / 1e6).toFixed(0)];
    const counted = [...row, tf.memory().numTensors, files() - filesBefore].map(String);
    console.log(counted.map((text, i) => text.padStart([4, 10, 14, 10, 12][i])).join(''));
  }
}
process.exit(0);
