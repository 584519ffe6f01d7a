/**
 * What a set-up works with, gathered once: environment, platform, cache folder, the flavour wanted and the tables a
 * test may replace. Every other file here takes it as its first argument and reads no global of its own.
 */
import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { note } from '../note.ts';
import { SetupError } from './errors.ts';
import { findProgram } from './programs.ts';
import { pinnedWheels, type WheelTable } from './wheels.ts';

export type Flavour = 'cpu' | 'cuda';

/** Everything that can be given to `startTensorFlow` and `prepare`; each has a default. */
export interface SetupOptions {
  /** Instead of `process.env`: PATH, HOME, PLUG_CACHE, PLUG_TENSORFLOW, PLUG_TENSORFLOW_DIR and pip's own. */
  env?: NodeJS.ProcessEnv;
  /** Instead of this machine's, such as `linux-x64`. */
  platform?: string;
  /** Whether the C library is glibc, which TensorFlow's Linux wheels need. */
  glibc?: boolean;
  wheels?: WheelTable;
  /** Where lines for the user go; by default stderr. */
  log?: (line: string) => void;
  /** Bytes free for the folder given. */
  freeBytes?: (folder: string) => Promise<number>;
  /** Compares the hashes of what the cache holds too, which takes seconds; otherwise sizes and times. */
  checkHashes?: boolean;
  /** Files whose presence means an NVIDIA driver. */
  driverFiles?: string[];
}

export interface Context extends Required<SetupOptions> {
  /** The folder that keeps every runtime, outside node_modules. */
  cache: string;
  /** What PLUG_TENSORFLOW says, else what the driver says. */
  flavour: Flavour;
  /** True when the user asked for this flavour by PLUG_TENSORFLOW. */
  flavourChosen: boolean;
  /** The folder of @tensorflow/tfjs-node-gpu, and its version. */
  tfjs: { folder: string; version: string };
}

const NVIDIA_DRIVER = [
  '/proc/driver/nvidia/version',
  '/dev/nvidiactl',
  '/usr/lib/x86_64-linux-gnu/libcuda.so.1',
  '/usr/lib/aarch64-linux-gnu/libcuda.so.1',
  '/usr/lib64/libcuda.so.1',
  '/usr/lib/wsl/lib/libcuda.so.1',
];

export function makeContext(options: SetupOptions = {}): Context {
  const env = options.env ?? process.env;
  const platform = options.platform ?? `${process.platform}-${process.arch}`;
  const driverFiles = options.driverFiles ?? NVIDIA_DRIVER;
  const driver =
    platform.startsWith('linux') && (driverFiles.some(existsSync) || !!findProgram(['nvidia-smi'], env));
  const wheels = options.wheels ?? pinnedWheels;
  const asked = env.PLUG_TENSORFLOW || undefined;
  if (asked && asked !== 'cpu' && asked !== 'cuda') {
    throw new SetupError(
      'platform',
      'PLUG_TENSORFLOW',
      'cpu or cuda',
      `"${asked}"`,
      'unset it to choose by itself',
    );
  }
  const automatic = driver && wheels[`${platform}-cuda`] ? 'cuda' : 'cpu';
  return {
    env,
    platform,
    driverFiles,
    wheels,
    glibc: options.glibc ?? (!platform.startsWith('linux') || hasGlibc()),
    log: options.log ?? note,
    freeBytes: options.freeBytes ?? freeBytes,
    checkHashes: options.checkHashes ?? false,
    cache: cacheFolder(env),
    flavour: (asked as Flavour | undefined) ?? automatic,
    flavourChosen: asked !== undefined,
    tfjs: tfjsPackage(),
  };
}

/** PLUG_CACHE, else the user's cache folder: $XDG_CACHE_HOME/plug-tune or ~/.cache/plug-tune. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  if (env.PLUG_CACHE) return path.resolve(env.PLUG_CACHE);
  const base = env.XDG_CACHE_HOME || path.join(env.HOME || os.homedir(), '.cache');
  return path.resolve(base, 'plug-tune');
}

/** Bytes that a user may still write on the disk that holds `folder`, which need not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  let existing = folder;
  while (!existsSync(existing) && path.dirname(existing) !== existing) existing = path.dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

/** The file names of the two libraries, main one first. */
export function libraryNames(platform: string): [string, string] {
  return platform.startsWith('darwin')
    ? ['libtensorflow_cc.2.dylib', 'libtensorflow_framework.2.dylib']
    : ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'];
}

/** glibc's loader lies at these places; musl's does not. */
function hasGlibc(): boolean {
  const loaders = ['/lib64/ld-linux-x86-64.so.2', '/lib/ld-linux-aarch64.so.1'];
  const musl = existsSync(`/lib/ld-musl-${os.machine()}.so.1`);
  return !musl || loaders.some(existsSync);
}

function tfjsPackage(): { folder: string; version: string } {
  const require = createRequire(import.meta.url);
  try {
    const file = require.resolve('@tensorflow/tfjs-node-gpu/package.json');
    return { folder: path.dirname(file), version: (require(file) as { version: string }).version };
  } catch {
    throw new SetupError(
      'tensorflow',
      'node_modules',
      '@tensorflow/tfjs-node-gpu',
      'no such package',
      'run npm ci',
    );
  }
}
