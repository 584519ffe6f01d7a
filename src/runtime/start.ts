/**
 * Starts TensorFlow in this process: `await startTensorFlow()` before the first tensor. It registers tfjs's
 * `tensorflow` backend in the one `@tensorflow/tfjs-core` that everyone imports, quietly and with repeatable results.
 */
import { createRequire, Module } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { note } from '../note.ts';
import { registerGradients } from '../tensorflow/gradients.ts';
import { eagerBackend, type NodeBackend } from '../tensorflow/tfjs.ts';
import type { Source } from './cache.ts';
import type { Flavour, SetupOptions } from './context.ts';
import { whyNoGpu } from './device.ts';
import { SetupError } from './errors.ts';
import { OLDEST } from './locate.ts';
import type { Runtime } from './ready.ts';
import { prepare } from './setup.ts';

/** What has been started. */
export interface RuntimeInfo {
  /** As the loaded library says. */
  tensorflowVersion: string;
  source: Source;
  flavour: Flavour;
  device: 'cpu' | 'gpu';
  /** Why a CUDA build runs on the CPU. */
  noGpu?: string;
  /** Absolute paths of the libraries that are loaded; libtensorflow_cc exports the C API. */
  library: string;
  frameworkLibrary: string;
  /** The runtime's folder in the cache. */
  folder: string;
}

let started: Promise<RuntimeInfo> | undefined;
let device: RuntimeInfo['device'] | undefined;

/** What TensorFlow computes on; undefined before it has started. */
export const startedDevice = () => device;

/** Whether it computes with oneDNN's kernels. */
export const usesOneDnn = (): boolean =>
  device === 'cpu' && process.arch === 'x64' && process.env.TF_ENABLE_ONEDNN_OPTS !== '0';

/**
 * Prepares TensorFlow when it is not in the cache, loads it and makes it tfjs's backend. Later calls return what the
 * first one did; after a failure the next call tries again.
 * @throws SetupError with one line that says what is missing and how to mend it.
 */
export function startTensorFlow(options: SetupOptions = {}): Promise<RuntimeInfo> {
  started ??= start(options).catch((error: unknown) => {
    started = undefined;
    throw error;
  });
  return started;
}

async function start(options: SetupOptions): Promise<RuntimeInfo> {
  const runtime = await prepare(options);
  const log = options.log ?? note;
  const wantsCpu = (options.env ?? process.env).PLUG_TENSORFLOW === 'cpu';
  setEnvironment(wantsCpu);
  defineRemovedUtilities();
  const { backend, nativeLog } = loadOrExplain(runtime);
  await tf.ready();
  registerGradients();
  const tensorflowVersion = backend.binding.TF_Version;
  const [minor, oldest] = [tensorflowVersion, OLDEST].map((version) => Number(version.split('.')[1]));
  if (minor < oldest) {
    const fix = 'set PLUG_TENSORFLOW_DIR to a newer one, or unset it';
    throw new SetupError(
      'tensorflow',
      runtime.library,
      `TensorFlow ${OLDEST} or newer`,
      tensorflowVersion,
      fix,
    );
  }
  const { source, flavour } = runtime.manifest;
  device = backend.isUsingGpuDevice ? 'gpu' : 'cpu';
  const { folder, library, frameworkLibrary } = runtime;
  const info = { tensorflowVersion, source, flavour, device, library, frameworkLibrary, folder } as const;
  if (flavour === 'cpu' || device === 'gpu' || wantsCpu) return info;
  const noGpu = await whyNoGpu(runtime, nativeLog);
  log(`No GPU in use: ${noGpu}. Going on with the CPU`);
  return { ...info, noGpu };
}

/** What TensorFlow reads from the environment while it loads; what the user set stays. */
function setEnvironment(wantsCpu: boolean): void {
  // Bit for bit the same results for the same seed.
  process.env.TF_DETERMINISTIC_OPS ??= '1';
  // TensorFlow leaves oneDNN's products off where a CPU is not of the newest; they are faster on the others too.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '1';
  // On a GPU float32 is float32 too: TensorFlow would round what is multiplied to the 10 bits of TF32.
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  // Take GPU memory as it is needed instead of all of it at the start.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  if (wantsCpu) process.env.CUDA_VISIBLE_DEVICES = '-1';
}

/** tfjs-node calls two functions of node:util that Node 22 warns of and Node 23 removed. */
function defineRemovedUtilities(): void {
  const removed = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: Array.isArray,
  };
  Object.assign(util, removed);
}

/**
 * Loads tfjs-node-gpu with the binding of the cache. The package asks `@mapbox/node-pre-gyp` where its binding lies;
 * for the length of the load we put our own answer into require's cache under that name. So node_modules is never
 * written, `npm ci` loses nothing, processes with different TensorFlows can share one node_modules, and the 0.2 s
 * that node-pre-gyp takes to load are saved.
 */
function load(runtime: Runtime): NodeBackend {
  const require = createRequire(import.meta.url);
  const packageRequire = createRequire(require.resolve('@tensorflow/tfjs-node-gpu'));
  const finder = packageRequire.resolve('@mapbox/node-pre-gyp');
  const kept = require.cache[finder];
  const answer = new Module(finder);
  answer.loaded = true;
  answer.exports = { find: () => runtime.binding };
  require.cache[finder] = answer;
  try {
    require('@tensorflow/tfjs-node-gpu');
  } finally {
    if (kept) require.cache[finder] = kept;
    else delete require.cache[finder];
  }
  return eagerBackend();
}

/**
 * Loads without the lines that TensorFlow logs on the way, unless TF_CPP_MIN_LOG_LEVEL is 0 or 1. They are kept for
 * the reason why a GPU cannot be used.
 */
function loadQuietly(runtime: Runtime): { backend: NodeBackend; nativeLog: string } {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  if (Number(process.env.TF_CPP_MIN_LOG_LEVEL) < 2) return { backend: load(runtime), nativeLog: '' };
  const capture = createRequire(import.meta.url)(runtime.capture) as { begin(): void; end(): string };
  capture.begin();
  let backend: NodeBackend;
  try {
    backend = load(runtime);
  } catch (error) {
    capture.end();
    throw error;
  }
  return { backend, nativeLog: capture.end() };
}

/** A library that the loader refuses (a disk mounted noexec, another architecture) is told on one line too. */
function loadOrExplain(runtime: Runtime): { backend: NodeBackend; nativeLog: string } {
  try {
    return loadQuietly(runtime);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_DLOPEN_FAILED') throw error;
    const fix = `delete ${runtime.folder} and run again, or set PLUG_CACHE to a folder whose files may be executed`;
    const got = (error as Error).message;
    throw new SetupError('tensorflow', 'TensorFlow', 'a library that loads', got, fix);
  }
}
