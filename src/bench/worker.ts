/**
 * The child process that measures: one job as JSON in the first argument, one line of JSON out. Each variant has a
 * process of its own, so that its peak memory and its first step are its own; `child.ts` starts it.
 */
import { UserError } from '../errors.ts';
import { startTensorFlow } from '../runtime/start.ts';
import { type GenerateJob, type MakeModelJob, makeModel, timeGeneration } from './generation.ts';
import { type StepJob, type TextJob, timeSteps, timeText } from './steps.ts';
import { type PrepareJob, prepareText } from './text.ts';

/** Asks what TensorFlow computes on. */
export interface DeviceJob {
  kind: 'device';
}

export interface Device {
  tensorflow: string;
  device: 'cpu' | 'gpu';
}

export type Job = DeviceJob | StepJob | TextJob | PrepareJob | MakeModelJob | GenerateJob;

async function done(job: Job): Promise<unknown> {
  if (job.kind === 'step') return timeSteps(job);
  if (job.kind === 'text') return timeText(job);
  if (job.kind === 'prepare') return prepareText(job);
  if (job.kind === 'makeModel') return makeModel(job);
  if (job.kind === 'generate') return timeGeneration(job);
  const { tensorflowVersion, device } = await startTensorFlow();
  return { tensorflow: tensorflowVersion, device } satisfies Device;
}

try {
  console.log(JSON.stringify(await done(JSON.parse(process.argv[2]))));
} catch (error) {
  // The parent shows the last line.
  if (!(error instanceof UserError)) console.error(error);
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
