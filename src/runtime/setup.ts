/**
 * Makes TensorFlow ready to load: finds it in the cache, else on the machine, else fetches it, and builds the binding
 * against it. Everything is made in a temporary folder under a lock and moved into place in one rename, so the cache
 * never holds a half. `start.ts` calls `prepare` at every start; `npm run setup` does so alone.
 */
import { readdirSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolders } from '../files.ts';
import { bindingKey, buildBinding, checkCompiler } from './binding.ts';
import {
  type FileRecord,
  findDamage,
  type Manifest,
  readManifest,
  recordFile,
  writeManifest,
} from './cache.ts';
import { type Context, libraryNames, makeContext, type SetupOptions } from './context.ts';
import { formatBytes, fromSystemError, SetupError } from './errors.ts';
import { checkFetch, chooseWheels, fetchWheels } from './fetch.ts';
import { type Located, locateFolder, locateInstalled } from './locate.ts';
import { withLock } from './lock.ts';
import { killPrograms } from './programs.ts';
import { describeRuntime, findReady, type Runtime, runtimeName } from './ready.ts';

const TEMPORARY = '.making-';

/** Returns the runtime, setting it up first when it is not in the cache. Throws SetupError. */
export async function prepare(options: SetupOptions = {}): Promise<Runtime> {
  const context = makeContext(options);
  const found = await findReady(context);
  if (found.runtime) return found.runtime;
  if (found.damage) {
    const { file, expected, got } = found.damage;
    context.log(`${file}: expected ${expected}, got ${got}; setting it up again`);
  }
  const temporary = path.join(context.cache, `${TEMPORARY}${process.pid}`);
  const waiting = (pid: number) =>
    context.log(`Process ${pid} is setting TensorFlow up in ${context.cache}: waiting`);
  const stopListening = onInterrupt(() => {
    killPrograms();
    // A program that is being killed may still write a last file.
    rmSync(temporary, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  });
  try {
    await makeFolders(context.cache).catch((error: unknown) => {
      throw fromSystemError(error, context.cache, true);
    });
    // The lock is the first file written: a read-only cache is told before anything is fetched.
    return await withLock(path.join(context.cache, 'set-up.lock'), waiting, async () => {
      const meanwhile = await findReady(context);
      if (meanwhile.runtime) return meanwhile.runtime;
      removeLeftovers(context);
      await mkdir(temporary, { recursive: true });
      try {
        return await setUp(context, temporary);
      } finally {
        await rm(temporary, { recursive: true, force: true });
      }
    });
  } catch (error) {
    throw fromSystemError(error, context.cache);
  } finally {
    stopListening();
  }
}

async function setUp(context: Context, temporary: string): Promise<Runtime> {
  const located = locateFolder(context) ?? (await locateInstalled(context));
  if (located) return await setUpLocated(context, temporary, located);
  const set = chooseWheels(context);
  const folder = path.join(context.cache, runtimeName(context, { source: 'wheel' }));
  const old = readManifest(folder);
  if (old && !(await findDamage(folder, old.libraries, context.checkHashes)))
    return await rebuildBinding(context, temporary, folder, old);
  await rm(folder, { recursive: true, force: true });

  const python = await checkFetch(context, set);
  await checkCompiler(context, temporary);
  const bytes = formatBytes(set.wheels.reduce((sum, wheel) => sum + wheel.bytes, 0));
  const build = context.flavour === 'cuda' ? 'for NVIDIA GPUs' : 'for CPUs';
  context.log(
    `Setting up TensorFlow ${set.tensorflowVersion} ${build} in ${folder}: ${bytes} to fetch, once`,
  );
  const records = await fetchWheels(context, set, python, temporary);
  return await finish(context, temporary, folder, {
    format: 1,
    source: 'wheel',
    flavour: context.flavour,
    tensorflowVersion: set.tensorflowVersion,
    tensorflow: 'tensorflow',
    libraries: mainFirst(context, records, temporary),
    bindings: {},
  });
}

/** A TensorFlow that lies elsewhere: only the binding and the manifest go into the cache. */
async function setUpLocated(context: Context, temporary: string, located: Located): Promise<Runtime> {
  const folder = path.join(context.cache, runtimeName(context, located));
  const libraries = libraryNames(context.platform).map((name) => path.join(located.folder, name));
  await checkCompiler(context, temporary);
  context.log(`Using TensorFlow ${located.tensorflowVersion ?? ''} of ${located.folder}`.replace('  ', ' '));
  return await finish(context, temporary, folder, {
    format: 1,
    source: located.source,
    flavour: located.flavour,
    ...(located.tensorflowVersion && { tensorflowVersion: located.tensorflowVersion }),
    tensorflow: located.folder,
    libraries: libraries.map((file) => recordFile(temporary, file)),
    bindings: {},
  });
}

/** Builds the binding in the temporary folder, writes the manifest and moves the whole into place. */
async function finish(
  context: Context,
  temporary: string,
  folder: string,
  manifest: Manifest,
): Promise<Runtime> {
  manifest.bindings[bindingKey(context)] = await build(context, temporary, manifest, temporary);
  await writeManifest(temporary, manifest);
  await rm(folder, { recursive: true, force: true });
  await rename(temporary, folder);
  return describeRuntime(context, folder, manifest);
}

/** The libraries are whole; only the binding is missing, of another tfjs version or damaged. */
async function rebuildBinding(
  context: Context,
  temporary: string,
  folder: string,
  manifest: Manifest,
): Promise<Runtime> {
  const key = bindingKey(context);
  await checkCompiler(context, temporary);
  manifest.bindings[key] = await build(context, temporary, manifest, folder);
  await rm(path.join(folder, key), { recursive: true, force: true });
  await rename(path.join(temporary, key), path.join(folder, key));
  await writeManifest(folder, manifest);
  return describeRuntime(context, folder, manifest);
}

async function build(
  context: Context,
  temporary: string,
  manifest: Manifest,
  folder: string,
): Promise<FileRecord[]> {
  context.log("Building TensorFlow.js's binding, about 10 seconds");
  const tensorflow = path.resolve(folder, manifest.tensorflow);
  const runPath = manifest.source === 'wheel' ? '$ORIGIN/../tensorflow' : tensorflow;
  return await buildBinding(context, temporary, tensorflow, runPath);
}

/** Sorts the two libraries before NVIDIA's, and checks that the wheel held them. */
function mainFirst(context: Context, records: FileRecord[], folder: string): FileRecord[] {
  const names = libraryNames(context.platform).map((name) => `tensorflow/${name}`);
  const main = names.map((name) => {
    const record = records.find((entry) => entry.path === name);
    if (record) return record;
    const fix = 'run again; if it stays so, set PLUG_TENSORFLOW_DIR';
    throw new SetupError('tensorflow', folder, `${name} in the wheel`, 'a wheel without it', fix);
  });
  return [...main, ...records.filter((record) => !names.includes(record.path))];
}

/** Under the lock, every temporary folder belongs to a process that is gone. */
function removeLeftovers(context: Context): void {
  for (const name of readdirSync(context.cache)) {
    if (name.startsWith(TEMPORARY)) rmSync(path.join(context.cache, name), { recursive: true, force: true });
  }
}

function onInterrupt(cleanUp: () => void): () => void {
  const signals = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 };
  const handlers = Object.entries(signals).map(([signal, number]) => {
    const handler = () => {
      cleanUp();
      process.exit(128 + number);
    };
    process.on(signal, handler);
    return () => process.off(signal, handler);
  });
  return () => {
    for (const stop of handlers) stop();
  };
}

async function main(): Promise<void> {
  const started = Date.now();
  const { folder, manifest } = await prepare({ checkHashes: true });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const version = manifest.tensorflowVersion ?? '';
  process.stdout.write(`TensorFlow ${version} (${manifest.flavour}) is ready in ${folder} (${seconds} s)\n`);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof SetupError ? error.message : (error as Error).stack}\n`);
    process.exitCode = 1;
  });
}
