/**
 * What the figures were measured on: processor, memory, GPU and versions, without names or paths that tell whose
 * machine it is. It also says whether bf16 is meant for it.
 */
import os from 'node:os';
import { describeCpu, hasBf16, listGpus } from '../runtime/device.ts';
import { formatBytes } from '../runtime/errors.ts';
import { runWorker } from './child.ts';
import type { Device } from './worker.ts';

export interface Machine {
  cpu: string;
  cores: number;
  /** Vector instructions that matter for matrix products. */
  instructions: string[];
  memoryBytes: number;
  /** Names of the GPUs, also where TensorFlow computes on the CPU. */
  gpus: string[];
  /** What TensorFlow computes on. */
  device: Device['device'];
  platform: string;
  /** Of Node, TensorFlow and what else took part. */
  versions: Record<string, string>;
  /** What is measured: sizes, steps. */
  measured: string[];
  /** What to know when reading the figures. */
  notes: string[];
}

/** Share of the cores in use from which on figures tell more of the others than of us. */
const BUSY = 0.5;

/** Asks a child, so that this process stays small: a child's peak memory begins with that of its parent. */
export async function describeMachine(): Promise<Machine> {
  const [load] = os.loadavg();
  const { tensorflow, device } = await runWorker<Device>('TensorFlow', { kind: 'device' });
  const { model, cores, instructions } = describeCpu();
  const gpus = await listGpus();
  return {
    ...{ cpu: model, cores, instructions, memoryBytes: os.totalmem() },
    gpus: typeof gpus === 'string' ? [] : gpus.map(({ name }) => name),
    device,
    platform: `${process.platform}-${process.arch}`,
    versions: { node: process.versions.node, tensorflow },
    measured: [],
    notes: [
      ...(device === 'gpu' ? ['peak memory is that of the process, not of the GPU'] : []),
      ...(load > cores * BUSY
        ? [`the machine was busy at the start: load ${load.toFixed(1)} on ${cores} cores`]
        : []),
    ],
  };
}

/** Whether bf16 is worth measuring here. */
export const measuresBf16 = (machine: Pick<Machine, 'device' | 'instructions'>): boolean =>
  machine.device === 'gpu' || hasBf16(machine);

/** The machine in a line. */
export function machineText({
  cpu,
  cores,
  instructions,
  memoryBytes,
  gpus,
  device,
  versions,
}: Machine): string {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const hardware = [
    `${cpu}, ${cores} cores${instructions.length > 0 ? ` (${instructions.join(' ')})` : ''}`,
    formatBytes(memoryBytes),
    ...(device === 'gpu' ? gpus : []),
  ];
  return [...hardware, ...names].join(', ');
}
