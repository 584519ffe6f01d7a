/**
 * Files and folders that are written whole or not at all: a temporary neighbour, flushed to disk, then renamed.
 * Everything that is kept is written by these functions.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  appendFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  rmdir,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { readable, refusedAt, UserError } from './errors.ts';
import { refuseLfsPointer } from './gitLfs.ts';
import { displayPath } from './paths.ts';

/** Hidden, so that a folder left by a killed process is never taken for a whole one; no program but ours names files so. */
const temporaryName = (path: string) =>
  join(dirname(path), `.${basename(path)}.plug-tune-${process.pid}.tmp`);
const isTemporary = (name: string) => /^\..*\.plug-tune-\d+\.tmp$/.test(name);

/** Flushes a file or folder to disk. */
export async function flush(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Flushes a folder with all that is in it. */
export async function flushFolder(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    await (entry.isDirectory() ? flushFolder(path) : flush(path));
  }
  await flush(dir);
}

const flushing = new AsyncLocalStorage<'later'>();
const flushNow = (path: string) => (flushing.getStore() === 'later' ? undefined : flush(path));

/** Runs `work`, whose files are written but not flushed: the caller flushes the whole folder when it has time. */
export const flushLater = <T>(work: () => Promise<T>): Promise<T> => flushing.run('later', work);

const ELSEWHERE = 'choose another with --output';
const FREE_SPACE = 'free space, then go on with the same command (train: and --resume)';

/** By code, what is expected where results are written, what the system gave, and the fix. Other codes: `errors.ts`. */
const REASONS: Record<string, string> = {
  ENOSPC: `room on the disk, got a full one; ${FREE_SPACE}`,
  EDQUOT: `room on the disk, got a quota used up; ${FREE_SPACE}`,
  EFBIG: 'room for a larger file, got a limit on file sizes; raise it (ulimit -f, or another file system)',
  EACCES: `a folder to write in, got one without permission; ${ELSEWHERE}`,
  EPERM: `a folder to write in, got one without permission; ${ELSEWHERE}`,
  EROFS: `a folder to write in, got a read-only disk; ${ELSEWHERE}`,
  ENOTDIR: `a folder to write in, got a path through a file; ${ELSEWHERE}`,
  EEXIST: `a folder to write in, got a file or a broken link of that name; ${ELSEWHERE}`,
  EISDIR: `a file to write, got a folder of that name; ${ELSEWHERE}`,
  ENOTEMPTY: `a file or folder to replace, got a folder that is not empty; ${ELSEWHERE}`,
  ENOENT: `a folder to write in, got none: it was removed meanwhile, its link leads nowhere, or its disk takes nothing new; ${ELSEWHERE}`,
  ELOOP: `a folder to write in, got links that lead in a circle; ${ELSEWHERE}`,
  ENAMETOOLONG: `a shorter name, got one that the disk does not take; ${ELSEWHERE}`,
  EIO: 'a disk that can be written, got an input/output error; check the disk',
};

/** What the system refused while results were written to `path`, as a line for a person; any other error unchanged. */
export function writeError(error: unknown, path: string): unknown {
  const { code = '', path: at = '' } = error as NodeJS.ErrnoException;
  // A file to be read that is missing is no trouble with the folder that is written.
  if (code === 'ENOENT' && !at.startsWith(dirname(path))) return error;
  const reason = REASONS[code];
  if (reason) return new UserError(`${displayPath(path)}: expected ${reason}`, { cause: error });
  return readable(error, displayPath(path));
}

/** An error of writing into a temporary folder, as one of the path that it was to become. */
export function writeErrorAs(error: unknown, temporary: string, path: string): unknown {
  if (!(error instanceof UserError)) return writeError(error, path);
  const message = error.message
    .replaceAll(displayPath(temporary), displayPath(path))
    .replaceAll(temporary, displayPath(path));
  return new UserError(message, { cause: error });
}

/** Runs `work`, which writes at `path`. @throws UserError for what the system refuses */
async function saying<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeError(error, path);
  }
}

/**
 * Makes a folder, and those above it, before work that will end in it begins.
 * @returns the first folder that was not there before
 * @throws UserError where it can't be made
 */
export const makeFolder = (dir: string): Promise<string | undefined> => saying(dir, () => makeFolders(dir));

/**
 * Like mkdir's `recursive`, which never returns where a folder refuses new ones with ENOENT, as /proc does, and which
 * names another reason on a read-only disk.
 * @returns the first folder that was not there before
 * @throws the system's error
 */
export async function makeFolders(dir: string): Promise<string | undefined> {
  const make = async () => {
    try {
      await mkdir(dir);
      return dir;
    } catch (error) {
      const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST' && (await stat(dir)).isDirectory();
      if (isThere) return undefined;
      throw error;
    }
  };
  try {
    return await make();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(dir) === dir) throw error;
    const first = await makeFolders(dirname(dir));
    const made = await make();
    return first ?? made;
  }
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
    await flushNow(temporary);
    await rename(temporary, path);
    await flushNow(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw writeError(error, path);
  }
}

/** Writes `value` as JSON that a person can read, whole. */
export function writeJson(path: string, value: unknown): Promise<void> {
  return writeFileWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Adds lines to the end of a file. @throws UserError for what the system refuses, such as a full disk */
export function append(path: string, lines: string): Promise<void> {
  return saying(path, () => appendFile(path, lines));
}

/** An empty folder beside `path`, which a killed process may leave behind: `removeLeftovers` removes it. */
export async function temporaryFolder(path: string): Promise<string> {
  const temporary = temporaryName(path);
  return saying(path, async () => {
    await rm(temporary, { recursive: true, force: true });
    await makeFolders(temporary);
    return temporary;
  });
}

/** Has `fill` write a folder of our own under a temporary name, then puts it in place of the one that was there. */
export async function writeFolderWhole(path: string, fill: (dir: string) => Promise<void>): Promise<void> {
  const temporary = await temporaryFolder(path);
  try {
    await fill(temporary);
    await flushFolder(temporary);
    await rm(path, { recursive: true, force: true });
    await rename(temporary, path);
    await flush(dirname(path));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw writeError(error, path);
  }
}

/** Removes what a killed process left half-written in `dir`. */
export async function removeLeftovers(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names.filter(isTemporary)) await rm(join(dir, name), { recursive: true, force: true });
}

/** Removes `dir` and its subfolders as far as they are empty. */
export async function removeEmptyFolders(dir: string): Promise<void> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) if (entry.isDirectory()) await removeEmptyFolders(join(dir, entry.name));
  await rmdir(dir).catch(() => {});
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
