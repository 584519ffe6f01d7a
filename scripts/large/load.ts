/** Loads the model in the folder given, in bf16, and prints as JSON what that took. `run.ts` starts it. */
import { readFileSync } from 'node:fs';
import { loadWeights } from '../../src/checkpoint/model.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';

const status = (field: string) =>
  1024 * Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);

await startTensorFlow();
const before = status('VmRSS');
const trace: { seconds: number; bytes: number }[] = [];
const started = performance.now();
const seconds = () => (performance.now() - started) / 1000;
const timer = setInterval(() => trace.push({ seconds: seconds(), bytes: status('VmRSS') }), 20);
await loadWeights(process.argv[2], { precision: 'bf16', frozen: true });
const took = seconds();
clearInterval(timer);
console.log(JSON.stringify({ seconds: took, before, peak: status('VmHWM'), after: status('VmRSS'), trace }));
process.exit(0);
