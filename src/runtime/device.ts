/**
 * Looks at the machine: why a GPU cannot be used, what the GPU is and what the CPU can do. Used by `start.ts` for the
 * one line that a CUDA build without a GPU prints, and by `npm run doctor`.
 */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findProgram, runProgram } from './programs.ts';

export interface Gpu {
  name: string;
  memoryBytes: number;
  driver: string;
}

export interface Cpu {
  model: string;
  cores: number;
  /** Of avx2, avx512f, avx512_bf16, avx_ne_convert and amx_bf16 (asimd, bf16 on Arm): those it has. */
  instructions: string[];
}

/**
 * The reason in a few words why a CUDA build found no GPU.
 * @param nativeLog what TensorFlow logged while it was loaded.
 */
export async function whyNoGpu(
  runtime: { folder: string; manifest: { tensorflow: string } },
  nativeLog: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const visible = env.CUDA_VISIBLE_DEVICES;
  if (visible !== undefined && !/^\s*(\d|GPU|MIG)/.test(visible)) {
    return `CUDA_VISIBLE_DEVICES="${visible}" hides every GPU`;
  }
  const driver = existsSync('/proc/driver/nvidia/version');
  const smi = findProgram(['nvidia-smi'], env);
  if (!driver && !smi) return 'no NVIDIA driver on this machine';
  const gpus = await listGpus(env);
  if (typeof gpus === 'string') return gpus;
  if (gpus.length === 0) return 'the NVIDIA driver lists no GPU';
  const nvidia = path.resolve(runtime.folder, runtime.manifest.tensorflow, '../nvidia/cuda_runtime/lib');
  if (!existsSync(nvidia)) return `NVIDIA's CUDA libraries are not at ${path.resolve(nvidia, '../..')}`;
  const error = /^E\d{4} .*\] (.*)$/m.exec(nativeLog)?.[1] ?? 'TF_CPP_MIN_LOG_LEVEL=0 shows its log';
  return `TensorFlow could not open ${gpus[0].name} (driver ${gpus[0].driver}): ${error}`;
}

/** The GPUs as nvidia-smi lists them, or the reason why it cannot. */
export async function listGpus(env: NodeJS.ProcessEnv = process.env): Promise<Gpu[] | string> {
  const smi = findProgram(['nvidia-smi'], env);
  if (!smi) return 'nvidia-smi is not on the PATH';
  const query = ['--query-gpu=name,memory.total,driver_version', '--format=csv,noheader,nounits'];
  const { code, stdout, stderr } = await runProgram(smi, query, { env, timeoutMs: 10_000 });
  if (code !== 0) {
    const line = `${stdout}\n${stderr}`.trim().split('\n')[0];
    return `nvidia-smi says: ${line || `exit status ${code}`}`;
  }
  const rows = stdout.trim().split('\n').filter(Boolean);
  return rows.map((row) => {
    const [name, memory, driver] = row.split(',').map((cell) => cell.trim());
    return { name, memoryBytes: Number(memory) * 1024 * 1024, driver };
  });
}

/** @param cpuinfo the text of /proc/cpuinfo, where there is one. */
export function describeCpu(cpuinfo = readCpuinfo()): Cpu {
  const flags = new Set((/^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '').trim().split(/\s+/));
  const wanted = ['avx2', 'avx512f', 'avx512_bf16', 'avx_ne_convert', 'amx_bf16', 'asimd', 'bf16'];
  const cpus = os.cpus();
  return {
    model: /^model name\s*:\s*(.*)$/m.exec(cpuinfo)?.[1] ?? cpus[0]?.model ?? 'unknown',
    cores: os.availableParallelism(),
    instructions: wanted.filter((name) => flags.has(name)),
  };
}

/** Whether a CPU multiplies bf16 twice as fast as float32 by its instructions. Those of Arm are not known to be. */
export const multipliesBf16 = ({ instructions }: Pick<Cpu, 'instructions'>): boolean =>
  instructions.some((name) => ['avx512_bf16', 'amx_bf16'].includes(name));

/** Whether oneDNN in TensorFlow takes ops in bf16 on a CPU (`IsDataTypeSupportedByOneDNNOnThisCPU` in its source). */
export const oneDnnTakesBf16 = ({ instructions }: Pick<Cpu, 'instructions'>): boolean =>
  instructions.some((name) => ['avx512f', 'avx_ne_convert'].includes(name));

/** Whether a CPU multiplies bf16 itself; others do it in software. */
export function hasBf16({ instructions }: Pick<Cpu, 'instructions'>): boolean {
  return instructions.some((name) => ['avx512_bf16', 'amx_bf16', 'bf16'].includes(name));
}

function readCpuinfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

/** The machine's memory, or what the container allows. */
export function totalMemory(): number {
  const allowed = process.constrainedMemory?.() ?? 0;
  return allowed > 0 && allowed < os.totalmem() ? allowed : os.totalmem();
}

/** Memory that this process can still take, within what the container allows. */
export function availableMemory(): number {
  return Math.min(process.availableMemory?.() ?? os.freemem(), totalMemory());
}

/** Where a model is trained, and the memory that it has there. */
export interface Place {
  kind: 'cpu' | 'gpu';
  name: string;
  memoryBytes: number;
}

/** The first GPU, or the machine. */
export async function deviceMemory(): Promise<Place> {
  const gpus = process.env.PLUG_TENSORFLOW === 'cpu' ? [] : await listGpus();
  if (typeof gpus !== 'string' && gpus.length > 0) {
    const [{ name, memoryBytes }] = gpus;
    return { kind: 'gpu', name, memoryBytes };
  }
  return machineMemory();
}

/** The machine without a GPU. */
export const machineMemory = (): Place => ({
  kind: 'cpu',
  name: `${os.availableParallelism()} CPU cores`,
  memoryBytes: totalMemory(),
});
