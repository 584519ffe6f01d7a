/**
 * Files and folders that are written whole or not at all: a temporary neighbour, flushed to disk, then renamed.
 * Everything that is kept goes through here.
 */
import { appendFile, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readable as readableAnywhere, refusedAt, UserError } from './errors.ts';
import { refuseLfsPointer } from './gitLfs.ts';
import { displayPath } from './recipe/paths.ts';

/** Hidden, so that a folder left by a killed process is never taken for a whole one. */
const temporaryName = (path: string) => join(dirname(path), `.${basename(path)}.tmp-${process.pid}`);
const isTemporary = (name: string) => /^\..*\.tmp-\d+$/.test(name);

/** Flushes a file or folder to disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Errors of the system while results are written. Other codes have the text of `errors.ts`. */
const REASONS: Record<string, string> = {
  ENOSPC:
    'room on the disk, got a full one; free space, then go on with the same command, train with --resume',
  EDQUOT:
    'room on the disk, got a quota used up; free space, then go on with the same command, train with --resume',
  EEXIST: 'a folder to write in, got a file; choose another with --output',
  EPERM: 'a folder to write in, got one without permission; choose another with --output',
  EACCES: 'a folder to write in, got one without permission; choose another with --output',
  EROFS: 'a folder to write in, got a read-only disk; choose another with --output',
  ENOTDIR: 'a folder to write in, got a path through a file; choose another with --output',
};

/** What the system refused, as a line for a person; anything else as it is. */
function readable(error: unknown, path: string): unknown {
  const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
  if (reason) return new UserError(`${displayPath(path)}: expected ${reason}`, { cause: error });
  return readableAnywhere(error, displayPath(path));
}

/** Makes a folder, and those above it, before work that will end in it begins. @throws UserError where it can't be */
export async function makeFolder(dir: string): Promise<void> {
  await makeFolders(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw readable(error, dir);
    throw new UserError(
      `${displayPath(dir)}: expected a folder to write in, got one that takes nothing new; choose another with --output`,
      { cause: error },
    );
  });
}

/**
 * Like mkdir's `recursive`, which never returns where a folder refuses new ones with ENOENT, as /proc does.
 * @throws the system's error
 */
export async function makeFolders(dir: string): Promise<void> {
  const make = () =>
    mkdir(dir).catch(async (error: NodeJS.ErrnoException) => {
      const isThere = error.code === 'EEXIST' && (await stat(dir)).isDirectory();
      if (!isThere) throw error;
    });
  await make().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || dirname(dir) === dir) throw error;
    await makeFolders(dirname(dir));
    await make();
  });
}

/** Writes one file, given as its content or as a function that fills it, under a temporary name, then puts it in place. */
export async function writeFileWhole(
  path: string,
  fill: string | Uint8Array | ((path: string) => Promise<void>),
): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await makeFolder(dirname(path));
    await (typeof fill === 'function' ? fill(temporary) : writeFile(temporary, fill));
    await sync(temporary);
    await rename(temporary, path);
    await sync(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw readable(error, path);
  }
}

/** Writes `value` as JSON that a person can read, whole. */
export function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Has `fill` write a folder under a temporary name, then puts it in place of whatever stood there. */
export async function writeFolderWhole(path: string, fill: (dir: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await rm(temporary, { recursive: true, force: true });
    await makeFolders(temporary);
    await fill(temporary);
    for (const name of await readdir(temporary)) await sync(join(temporary, name));
    await sync(temporary);
    await rm(path, { recursive: true, force: true });
    await rename(temporary, path);
    await sync(dirname(path));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw readable(error, path);
  }
}

/** Removes what a killed process left half-written in `dir`. */
export async function removeLeftovers(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names.filter(isTemporary)) await rm(join(dir, name), { recursive: true, force: true });
}

/** Adds to the end of a file. @throws UserError naming the file, which the system does not where a disk is full */
export async function append(file: string, text: string): Promise<void> {
  await appendFile(file, text).catch((error) => {
    throw readable(error, file);
  });
}

/** Largest JSON file that is read: an index of a model with 100,000 tensors has 10 MB. */
const MAX_JSON_BYTES = 200_000_000;

/**
 * A JSON object, or null where there is no such file.
 * @throws UserError where it cannot be read, or holds anything else
 */
export async function readJson(file: string): Promise<Record<string, unknown> | null> {
  const info = await stat(file).catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' || error.code === 'ENOTDIR' ? null : refusedAt(file)(error),
  );
  if (!info) return null;
  const bad = (got: string) => new UserError(`${file}: expected a JSON object, got ${got}`);
  if (!info.isFile()) throw bad(info.isDirectory() ? 'a folder' : 'something that is no file');
  if (info.size > MAX_JSON_BYTES) throw bad(`${info.size} bytes; at most ${MAX_JSON_BYTES} are read`);
  const text = await readFile(file, 'utf8').catch(refusedAt(file));
  refuseLfsPointer(file, text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(
      `${file}: expected JSON, got ${text === '' ? 'an empty file' : (error as Error).message}`,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw bad(Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`);
}
