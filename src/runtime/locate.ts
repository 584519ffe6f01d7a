/**
 * Looks for a TensorFlow that is already on the machine: the folder PLUG_TENSORFLOW_DIR names, or the one installed
 * in the Python at hand. Such a TensorFlow is used where it lies; only the binding goes into the cache.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Source } from './cache.ts';
import { type Context, type Flavour, libraryNames } from './context.ts';
import { SetupError } from './errors.ts';
import { findProgram, runProgram } from './programs.ts';

export interface Located {
  source: Source;
  folder: string;
  flavour: Flavour;
  tensorflowVersion?: string;
}

/** The oldest TensorFlow that the binding was seen to work with; PLUG_TENSORFLOW_DIR may name any from here on. */
export const OLDEST = '2.18';

/** The release that plug-tune's tests run on; nobody is moved to another one without having asked for it. */
const TESTED = '2.21';

/** The files that any usable TensorFlow folder has, relative to it. */
export function neededFiles(platform: string): string[] {
  return [...libraryNames(platform), 'include/tensorflow/c/c_api.h', 'include/tensorflow/c/eager/c_api.h'];
}

/** PLUG_TENSORFLOW_DIR, checked; undefined when it is not set. */
export function locateFolder(context: Context): Located | undefined {
  const given = context.env.PLUG_TENSORFLOW_DIR;
  if (!given) return undefined;
  const folder = path.resolve(given);
  const missing = neededFiles(context.platform).find((file) => !existsSync(path.join(folder, file)));
  if (missing) {
    throw new SetupError(
      missing.endsWith('.h') ? 'headers' : 'tensorflow',
      'PLUG_TENSORFLOW_DIR',
      `a folder with ${missing}`,
      `${folder} without it`,
      'name the folder "tensorflow" of an installed TensorFlow wheel, or unset PLUG_TENSORFLOW_DIR',
    );
  }
  const located = describeFolder(folder, 'folder');
  if (context.flavourChosen && context.flavour === 'cuda' && located.flavour === 'cpu') {
    const fix = 'name a CUDA build, or unset PLUG_TENSORFLOW';
    throw new SetupError(
      'tensorflow',
      'PLUG_TENSORFLOW_DIR',
      'a CUDA build',
      `a CPU build in ${folder}`,
      fix,
    );
  }
  if (located.tensorflowVersion && !isSupported(located.tensorflowVersion)) {
    const fix = 'name a newer one, or unset PLUG_TENSORFLOW_DIR';
    throw new SetupError(
      'tensorflow',
      'PLUG_TENSORFLOW_DIR',
      `TensorFlow ${OLDEST} or newer`,
      located.tensorflowVersion,
      fix,
    );
  }
  return located;
}

const FIND_SPEC = `
import importlib.util
spec = importlib.util.find_spec("tensorflow")
print((spec and spec.submodule_search_locations or [""])[0])
`;

/** The TensorFlow of the Python at hand, when it is one we can use for this flavour. */
export async function locateInstalled(context: Context): Promise<Located | undefined> {
  const python = findPython(context);
  if (!python) return undefined;
  const options = { env: context.env, cwd: os.tmpdir(), timeoutMs: 20_000 };
  const folder = (await runProgram(python, ['-c', FIND_SPEC], options)).stdout.trim();
  const usable = folder && neededFiles(context.platform).every((file) => existsSync(path.join(folder, file)));
  if (!usable) return undefined;
  const located = describeFolder(folder, 'installed');
  if (!located.tensorflowVersion?.startsWith(`${TESTED}.`)) return undefined;
  return context.flavour === 'cuda' && located.flavour === 'cpu' ? undefined : located;
}

export function findPython(context: Context): string | undefined {
  return findProgram(['python3', 'python'], context.env);
}

function isSupported(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  const [oldestMajor, oldestMinor] = OLDEST.split('.').map(Number);
  return major === oldestMajor && minor >= oldestMinor;
}

/** Version and flavour as the wheel's own files tell them. */
function describeFolder(folder: string, source: Source): Located {
  const site = path.dirname(folder);
  const info = readdirSync(site).find((name) =>
    /^(tensorflow|tf_nightly)(_cpu)?-[\d.]+.*\.dist-info$/.test(name),
  );
  const tensorflowVersion = info?.split('-')[1].replace(/\.dist$/, '');
  const config = path.join(folder, 'include/third_party/gpus/cuda/cuda_config.h');
  const cuda = existsSync(config) && /TF_CUDA_VERSION "\d/.test(readFileSync(config, 'utf8'));
  return { source, folder, flavour: cuda ? 'cuda' : 'cpu', tensorflowVersion };
}
