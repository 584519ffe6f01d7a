/**
 * Gathers what `npm run doctor` prints: what is there, what is missing and the command that mends it. It changes
 * nothing: a TensorFlow in the cache is checked and loaded, a missing one is only reported.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rmdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Bf16, measureBf16 } from './bf16.ts';
import { findCompiler } from './binding.ts';
import type { Source } from './cache.ts';
import { type Context, type Flavour, makeContext, type SetupOptions } from './context.ts';
import { type Cpu, describeCpu, type Gpu, listGpus, totalMemory, whyNoGpu } from './device.ts';
import { SetupError, WRITABLE } from './errors.ts';
import { checkFetch, chooseWheels } from './fetch.ts';
import { findPython, locateInstalled } from './locate.ts';
import { runProgram } from './programs.ts';
import { findReady } from './ready.ts';
import { startTensorFlow } from './start.ts';

export interface Problem {
  what: string;
  /** The command or step that mends it. */
  fix: string;
}

export interface Diagnosis {
  /** True when one can train: TensorFlow is in the cache, whole, and loads. */
  ok: boolean;
  node: { version: string; supported: boolean };
  tensorflow?: { version: string; source: Source; flavour: Flavour; folder: string; library: string };
  /** Which build a set-up would take here. */
  wanted: Flavour;
  device: { kind: 'cpu' | 'gpu'; noGpu?: string; gpus: Gpu[]; cpu: Cpu };
  memory: { totalBytes: number; freeBytes: number };
  /** Only when TensorFlow loads. */
  bf16?: Bf16;
  disk: { cache: Place; work: Place };
  /** What the set-up runs; the first word or line each says of itself. */
  programs: { python?: string; pip?: string; compiler?: string };
  problems: Problem[];
}

export interface Place {
  path: string;
  freeBytes: number;
  writable: boolean;
}

const SET_UP = 'npm run setup';

export async function diagnose(options: SetupOptions = {}): Promise<Diagnosis> {
  const problems: Problem[] = [];
  const report = (error: unknown) => {
    if (!(error instanceof SetupError)) throw error;
    const [what, fix] = splitFix(error.message);
    if (!problems.some((problem) => problem.what === what)) problems.push({ what, fix });
  };
  const supported = Number(process.versions.node.split('.')[0]) >= 20;
  if (!supported) {
    problems.push({
      what: `Node: expected 20 or newer, got ${process.versions.node}`,
      fix: 'install Node 20 or newer',
    });
  }
  const context = makeContext(options);
  const { env } = context;
  const tensorflow = await loadReady(context, options, report);
  const disk = {
    cache: await describePlace(context, context.cache),
    work: await describePlace(context, process.cwd()),
  };
  if (!tensorflow) await checkSetUp(context, disk.cache, report);
  const gpus = await listGpus(env);
  const cpu = describeCpu();
  const device = tensorflow?.device ?? 'cpu';
  const noGpu =
    tensorflow?.noGpu ??
    (device === 'gpu' ? undefined : await reasonForCpu(context, gpus, tensorflow?.flavour));
  return {
    ok: problems.length === 0 && tensorflow !== undefined,
    node: { version: process.versions.node, supported },
    ...(tensorflow && {
      tensorflow: {
        version: tensorflow.tensorflowVersion,
        source: tensorflow.source,
        flavour: tensorflow.flavour,
        folder: tensorflow.folder,
        library: tensorflow.library,
      },
    }),
    wanted: context.flavour,
    device: { kind: device, ...(noGpu && { noGpu }), gpus: typeof gpus === 'string' ? [] : gpus, cpu },
    memory: { totalBytes: totalMemory(), freeBytes: process.availableMemory?.() ?? os.freemem() },
    ...(tensorflow && { bf16: measureBf16() }),
    disk,
    programs: await listPrograms(context),
    // A set-up comes last: what it needs has to be there first.
    problems: [
      ...problems.filter(({ fix }) => fix !== SET_UP),
      ...problems.filter(({ fix }) => fix === SET_UP),
    ],
  };
}

/** Checks the cached TensorFlow by size and hash and loads it; reports what is wrong with it, or that none is there. */
async function loadReady(context: Context, options: SetupOptions, report: (error: unknown) => void) {
  try {
    const { runtime, damage } = await findReady({ ...context, checkHashes: true });
    if (runtime) return await startTensorFlow(options);
    const { file, expected, got } = damage ?? { file: context.cache, expected: 'TensorFlow', got: 'none' };
    throw new SetupError('tensorflow', file, expected, got, `run: ${SET_UP}`);
  } catch (error) {
    report(error instanceof SetupError ? error : notLoaded(error));
    return undefined;
  }
}

function notLoaded(error: unknown): SetupError {
  const message = error instanceof Error ? error.message : String(error);
  return new SetupError(
    'tensorflow',
    'TensorFlow',
    'the library to load',
    message,
    `run npm ci, then: ${SET_UP}`,
  );
}

/** Reports each thing that the set-up would stop at, not only the first. */
async function checkSetUp(context: Context, cache: Place, report: (error: unknown) => void): Promise<void> {
  if (!cache.writable) {
    report(
      new SetupError('cache', cache.path, 'a folder to write in', 'one that cannot be written', WRITABLE),
    );
  }
  try {
    findCompiler(context);
  } catch (error) {
    report(error);
  }
  try {
    if (context.env.PLUG_TENSORFLOW_DIR || (await locateInstalled(context))) return;
    await checkFetch(context, chooseWheels(context));
  } catch (error) {
    report(error);
  }
}

/** @param loaded the build that is in use, if one could be loaded. */
async function reasonForCpu(context: Context, gpus: Gpu[] | string, loaded?: Flavour): Promise<string> {
  const { flavour, flavourChosen, platform, env } = context;
  if (typeof gpus === 'string' || gpus.length === 0) {
    return await whyNoGpu({ folder: context.cache, manifest: { tensorflow: '.' } }, '', env);
  }
  if (flavour === 'cpu') return flavourChosen ? 'PLUG_TENSORFLOW=cpu' : `no CUDA build for ${platform}`;
  return loaded ? 'the TensorFlow in use is a build for CPUs' : 'TensorFlow is not set up';
}

async function listPrograms(context: Context): Promise<Diagnosis['programs']> {
  const { env } = context;
  const firstLine = async (program: string, args: string[]) => {
    const { code, stdout, stderr } = await runProgram(program, args, { env, timeoutMs: 10_000 });
    return code === 0 ? (stdout || stderr).trim().split('\n')[0] : undefined;
  };
  const python = findPython(context);
  let compiler: string | undefined;
  try {
    compiler = await firstLine(findCompiler(context)[0], ['--version']);
  } catch {
    // Reported by checkSetUp where it matters.
  }
  return {
    python: python && (await firstLine(python, ['--version'])),
    pip: python && (await firstLine(python, ['-m', 'pip', '--version']))?.split(' from ')[0],
    compiler,
  };
}

/** Tries to write rather than reading permissions, which tell nothing to root or of a full quota. */
async function describePlace(context: Context, place: string): Promise<Place> {
  let existing = place;
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing);
  let writable = true;
  try {
    await rmdir(await mkdtemp(path.join(existing, '.plug-tune-')));
  } catch {
    writable = false;
  }
  return { path: place, freeBytes: await context.freeBytes(place), writable };
}

/** `where: expected, got; run: COMMAND` into the finding and the fix. */
function splitFix(message: string): [string, string] {
  const at = message.indexOf('; ');
  return [message.slice(0, at), message.slice(at + 2).replace(/^run: /, '')];
}
