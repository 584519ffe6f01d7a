/** Files and folders that are written whole or not at all: a temporary neighbour, flushed to disk, then renamed. */
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

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

/** Has `fill` write one file under a temporary name, then puts it in place. */
export async function writeFileWhole(
  path: string,
  fill: string | ((path: string) => Promise<void>),
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = temporaryName(path);
  try {
    await (typeof fill === 'string' ? writeFile(temporary, fill) : fill(temporary));
    await sync(temporary);
    await rename(temporary, path);
    await sync(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Has `fill` write a folder under a temporary name, then puts it in place of whatever stood there. */
export async function writeFolderWhole(path: string, fill: (dir: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(path);
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  try {
    await fill(temporary);
    for (const name of await readdir(temporary)) await sync(join(temporary, name));
    await sync(temporary);
    await rm(path, { recursive: true, force: true });
    await rename(temporary, path);
    await sync(dirname(path));
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Removes what a killed process left half-written in `dir`. */
export async function removeLeftovers(dir: string): Promise<void> {
  const names = await readdir(dir).catch(() => []);
  for (const name of names.filter(isTemporary)) await rm(join(dir, name), { recursive: true, force: true });
}
