/**
 * Brings the wheels of `wheels.ts` into a folder: pip downloads each one (it knows the user's index, mirror and
 * proxy), its size and hash are compared with the table, what we need is unpacked and the wheel deleted.
 */
import { readdirSync, statSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isQuiet } from '../note.ts';
import { type FileRecord, hashFile, recordFile } from './cache.ts';
import type { Context } from './context.ts';
import { FREE_SPACE, formatBytes, fromPip, installCommand, SetupError } from './errors.ts';
import { findPython } from './locate.ts';
import { runProgram } from './programs.ts';
import { startProgress } from './progress.ts';
import { KEEP, type Wheel, type WheelSet } from './wheels.ts';

/** The wheels for this platform and flavour, or an error that says which there are. */
export function chooseWheels(context: Context): WheelSet {
  const { platform, flavour, wheels } = context;
  const fix = 'set PLUG_TENSORFLOW_DIR to a TensorFlow built for it';
  const expected = `one of ${Object.keys(wheels).join(', ')}`;
  const set = wheels[`${platform}-${flavour}`];
  if (!set) throw new SetupError('platform', 'platform', expected, `${platform}-${flavour}`, fix);
  if (!context.glibc) throw new SetupError('platform', 'platform', 'Linux with glibc', 'one with musl', fix);
  return set;
}

/** Checks what a download needs before it begins: Python, pip and room on the disk. Returns Python's path. */
export async function checkFetch(context: Context, set: WheelSet): Promise<string> {
  const { env, platform, cache } = context;
  const python = findPython(context);
  if (!python) {
    const fix = `run: ${installCommand('python', platform)}`;
    throw new SetupError('python', 'PATH', 'python3 (it fetches TensorFlow)', 'none', fix);
  }
  const pip = await runProgram(python, ['-m', 'pip', '--version'], { env });
  if (pip.code !== 0) {
    const got = /No module named pip/.test(pip.stderr)
      ? 'none'
      : (pip.stderr.trim().split('\n').at(-1) ?? '');
    throw new SetupError('pip', python, 'pip', got, `run: ${installCommand('pip', platform)}`);
  }
  const need =
    set.wheels.reduce((sum, wheel) => sum + wheel.unpackedBytes, 0) +
    Math.max(...set.wheels.map((wheel) => wheel.bytes)) +
    20e6;
  const free = await context.freeBytes(cache);
  if (free < need) {
    throw new SetupError('disk', cache, `${formatBytes(need)} free`, formatBytes(free), FREE_SPACE);
  }
  return python;
}

/** Fetches and unpacks every wheel of the set into `folder`; returns the records of all but the headers. */
export async function fetchWheels(
  context: Context,
  set: WheelSet,
  python: string,
  folder: string,
): Promise<FileRecord[]> {
  const records: FileRecord[] = [];
  for (const wheel of set.wheels) {
    const file = await download(context, wheel, python, folder);
    await checkWheel(file, wheel);
    const script = fileURLToPath(new URL('unpack.py', import.meta.url));
    const unpacked = await runProgram(python, [script, file, folder, KEEP], { env: context.env });
    if (unpacked.code !== 0) throw fromPip(unpacked.stderr, `unpacking ${wheel.file}`, context.cache);
    for (const entry of JSON.parse(unpacked.stdout) as { path: string; sha256: string }[]) {
      const isLibrary = !entry.path.includes('/include/') && !entry.path.includes('.dist-info/');
      if (isLibrary) records.push(recordFile(folder, entry.path, entry.sha256));
    }
    await rm(path.join(folder, 'download'), { recursive: true, force: true });
  }
  return records;
}

async function download(context: Context, wheel: Wheel, python: string, folder: string): Promise<string> {
  const target = path.join(folder, 'download');
  const temporary = path.join(target, 'pip');
  await mkdir(temporary, { recursive: true });
  const platforms =
    wheel.file
      .replace(/\.whl$/, '')
      .split('-')
      .at(-1) ?? '';
  const args = [
    ...['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--python-version', '3.12'],
    ...['--implementation', 'cp', '--abi', 'cp312', '--abi', 'abi3', '--abi', 'none'],
    ...platforms.split('.').flatMap((tag) => ['--platform', tag]),
    ...['--no-cache-dir', '--no-input', '--progress-bar', 'off', '--dest', target, wheel.requirement],
  ];
  // pip writes into TMPDIR and moves the file when it is whole: the growing file there is the progress.
  const env = { ...context.env, TMPDIR: temporary };
  const label = `Fetching ${wheel.requirement.replace('==', ' ')}`;
  const progress = startProgress(label, wheel.bytes, context.log, isQuiet() ? undefined : process.stderr);
  const watch = setInterval(() => progress.update(largestFile(target)), 250);
  const pip = await runProgram(python, args, { env, cwd: target });
  clearInterval(watch);
  const file = path.join(target, wheel.file);
  try {
    if (pip.code !== 0) throw fromPip(`${pip.stdout}\n${pip.stderr}`, wheel.requirement, context.cache);
    progress.update(statSync(file).size);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const got = readdirSync(target).filter((name) => name.endsWith('.whl'));
    const fix = "check the package index or mirror in pip's configuration";
    throw new SetupError('download', wheel.requirement, wheel.file, got.join(', ') || 'no file', fix);
  } finally {
    progress.end();
  }
  return file;
}

async function checkWheel(file: string, wheel: Wheel): Promise<void> {
  const { size } = statSync(file);
  if (size < wheel.bytes) {
    const where = `download of ${wheel.file}`;
    throw new SetupError('download', where, `${wheel.bytes} bytes`, `${size}`, 'it was cut off: run again');
  }
  const sha256 = await hashFile(file);
  if (sha256 !== wheel.sha256) {
    const fix =
      "the package index or mirror in use serves another file: check pip's configuration, then run again";
    throw new SetupError('hash', wheel.file, `SHA-256 ${wheel.sha256}`, sha256, fix);
  }
}

/** The size of the largest file in a folder, however deep. */
function largestFile(folder: string): number {
  let largest = 0;
  try {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const { size } = statSync(path.join(folder, name), { throwIfNoEntry: false }) ?? { size: 0 };
      largest = Math.max(largest, size);
    }
  } catch {
    // A file that pip moved while we looked.
  }
  return largest;
}
