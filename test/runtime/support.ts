/**
 * A small world for set-ups: a fake wheel of a few kilobytes with its own table, a PATH of chosen programs, a cache
 * of its own. Python is the real one, pip too where a test asks for it; the compiler writes a line of text.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SetupOptions } from '../../src/runtime/context.ts';
import type { WheelTable } from '../../src/runtime/wheels.ts';

export const WHEEL = 'tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl';
export const RUNTIME = 'tensorflow-2.21.0-cpu-linux-x64';

export interface World {
  root: string;
  cache: string;
  /** The only folder on the PATH. */
  bin: string;
  /** The folder that pip takes wheels from. */
  shelf: string;
  wheels: WheelTable;
  env: NodeJS.ProcessEnv;
  options: SetupOptions;
  /** What the user was told. */
  lines: string[];
  /** How often the compiler made a binding. */
  builds(): number;
}

const realPython = execFileSync('python3', ['-c', 'import sys; print(sys.executable)']).toString().trim();

const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:
    info = "tensorflow_cpu-2.21.0.dist-info/"
    z.writestr("tensorflow/libtensorflow_cc.so.2", "cc" * 5000)
    z.writestr("tensorflow/libtensorflow_framework.so.2", "framework" * 500)
    z.writestr("tensorflow/include/tensorflow/c/c_api.h", "// c_api")
    z.writestr("tensorflow/include/tensorflow/c/eager/c_api.h", "// eager")
    z.writestr("tensorflow/python/large.py", "# not needed")
    z.writestr(info + "METADATA", "Metadata-Version: 2.1\\nName: tensorflow-cpu\\nVersion: 2.21.0\\n")
    z.writestr(info + "WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: cp312-cp312-manylinux_2_27_x86_64\\n")
    z.writestr(info + "RECORD", "")
`;

/** Makes a world in a temporary folder; `removeWorlds` takes them all away. */
export function makeWorld(): World {
  const root = mkdtempSync(path.join(os.tmpdir(), 'plug-runtime-'));
  roots.push(root);
  const [bin, shelf, cache] = ['bin', 'shelf', 'cache'].map((name) => path.join(root, name));
  mkdirSync(bin);
  mkdirSync(shelf);
  const wheel = path.join(shelf, WHEEL);
  execFileSync(realPython, ['-c', MAKE_WHEEL, wheel]);
  const env: NodeJS.ProcessEnv = {
    PATH: bin,
    HOME: path.join(root, 'home'),
    PLUG_CACHE: cache,
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: shelf,
    PIP_CONFIG_FILE: '/dev/null',
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    PIP_RETRIES: '0',
    BUILDS: path.join(root, 'builds'),
  };
  const lines: string[] = [];
  const wheels = tableOf(wheel);
  const world: World = {
    ...{ root, cache, bin, shelf, wheels, env, lines },
    options: {
      env,
      wheels,
      platform: 'linux-x64',
      glibc: true,
      driverFiles: [],
      log: (line) => lines.push(line),
    },
    builds: () =>
      existsSync(`${env.BUILDS}`) ? readFileSync(`${env.BUILDS}`, 'utf8').split('\n').length - 1 : 0,
  };
  givePython(world);
  giveCompiler(world);
  return world;
}

const roots: string[] = [];

export function removeWorlds(): void {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
}

/** The table that pins the wheel file given, for CPUs on Linux. */
export function tableOf(file: string): WheelTable {
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
  const bytes = statSync(file).size;
  const wheel = { requirement: 'tensorflow-cpu==2.21.0', file: path.basename(file), bytes, sha256 };
  return {
    'linux-x64-cpu': { tensorflowVersion: '2.21.0', wheels: [{ ...wheel, unpackedBytes: 14_500 }] },
  };
}

/** Puts a shell script on the world's PATH. */
export function giveProgram(world: World, name: string, script: string): void {
  const file = path.join(world.bin, name);
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Python with its own pip. */
export function giveRealPip(world: World): void {
  giveProgram(world, 'python3', `exec "${realPython}" "$@"`);
}

/** Python with a pip that runs `download` and, unless that ends it, copies the shelf's wheel: 1 s faster. */
export function givePython(world: World, download = ''): void {
  const script = `
case "$*" in
*"pip --version"*) exit 0 ;;
*"pip download"*)
  ${download}
  while [ "$1" != --dest ]; do shift; done
  exec /bin/cp "${path.join(world.shelf, WHEEL)}" "$2" ;;
esac
exec "${realPython}" "$@"`;
  giveProgram(world, 'python3', script);
}

/** A compiler that writes to what follows -o, after `wait` seconds, and keeps count of bindings. */
export function giveCompiler(world: World, before = ''): void {
  const script = `
${before}
while [ "$1" != -o ]; do shift; done
echo compiled > "$2"
case "$2" in *tfjs_binding.node) echo built >> "$BUILDS" ;; esac`;
  giveProgram(world, 'c++', script);
}

export function takeProgram(world: World, name: string): void {
  rmSync(path.join(world.bin, name));
}

/** What lies in the cache; a set-up that failed must leave nothing. */
export function cacheEntries(world: World): string[] {
  return existsSync(world.cache) ? readdirSync(world.cache).sort() : [];
}
