/**
 * Where the time of a compiled training step goes, op by op: `profile.ts [small|medium] [float32|bf16]
 * [steps]`, on the model and batch that `npm run bench` measures.
 */
import { configOf, SIZES, STEP_OPTIONS } from '../../src/bench/sizes.ts';
import { randomBatch } from '../../src/bench/steps.ts';
import { profile } from '../../src/compile/index.ts';
import { newParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { initAdamW } from '../../src/train/optimizer.ts';
import { makePrograms } from '../../src/train/programs.ts';

const size = SIZES[process.argv[2] ?? 'small'];
const precision = process.argv[3] === 'bf16' ? 'bf16' : 'float32';
const steps = Number(process.argv[4] ?? 5);

await startTensorFlow();
const config = configOf(size);
const parameters = await newParameters(config, 0.02, 1);
const programs = makePrograms({ config, parameters }, await initAdamW(parameters), {
  ...STEP_OPTIONS,
  mode: 'graph',
  precision,
});
const batch = randomBatch(size);
const run = async (count: number) => {
  for (let i = 0; i < count; i++) await programs.step([batch], 1e-3);
};
await run(3);
const profiles = await profile(() => run(steps));
const total = profiles.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
console.log('ms a step    share    ops   type');
for (const { type, count, milliseconds } of profiles.slice(0, 25)) {
  const row = [
    (milliseconds / steps).toFixed(1),
    `${((100 * milliseconds) / total).toFixed(1)} %`,
    count / steps,
  ];
  console.log(`${row.map((cell, i) => String(cell).padStart([9, 9, 7][i])).join('')}   ${type}`);
}
process.exit(0);
