/**
 * Records a training step of a model of 1.2 billion parameters (the shape of Llama 3.2 1B) and prints what that takes.
 * Nothing is computed and no weight has memory, so it runs on a laptop.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { configOf, STEP_OPTIONS } from '../../src/bench/sizes.ts';
import { declareVariable } from '../../src/compile/index.ts';
import { parameterCount, parameterShapes } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { makePrograms } from '../../src/train/programs.ts';

const size = { dModel: 2048, nLayers: 16, nHeads: 32, ffnDim: 8192, vocabSize: 128256, seq: 2048, batch: 4 };
const { batch, seq } = size;
const config = { ...configOf(size), nKvHeads: 8, ropeTheta: 500000 };

await startTensorFlow();
const parameters: Record<string, tf.Variable> = {};
const moments: Record<string, { m: tf.Variable; v: tf.Variable }> = {};
for (const [name, shape] of Object.entries(parameterShapes(config))) {
  parameters[name] = await declareVariable(shape);
  moments[name] = { m: await declareVariable(shape), v: await declareVariable(shape) };
}
const places = batch * seq;
const ints = () => new Int32Array(places);
const spans = new Int8Array(places).map((_, at) => (at % 2 ? 0 : -1));
const counts = { tokenCount: places, supervisedCount: places / 2 };
const arrays = { tokens: ints(), targets: ints(), positions: ints(), documents: ints(), spans };
for (const gradientCheckpointing of [false, true]) {
  const options = {
    ...STEP_OPTIONS,
    clipNorm: 1,
    gradientCheckpointing,
    mode: 'graph',
    precision: 'bf16',
  } as const;
  const programs = makePrograms({ config, parameters }, { step: 0, moments }, options);
  const before = process.memoryUsage().rss;
  const { operations, seconds } = await programs.record({ exampleIds: [], batch, seq, ...arrays, ...counts });
  const megabytes = (process.memoryUsage().rss - before) / 1e6;
  console.log(
    `${(parameterCount(config) / 1e9).toFixed(2)} B parameters, ${batch} × ${seq} tokens, gradient checkpointing ` +
      `${gradientCheckpointing ? 'on' : 'off'}: ${operations} ops in ${seconds.toFixed(2)} s, ${megabytes.toFixed(0)} MB`,
  );
}
process.exit(0);
