/** Which model a directory holds: by all its bytes, or, where that takes long, by the sizes and times of its files. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UserError } from '../errors.ts';
import { isAdapter, readLora } from './adapterConfig.ts';
import { CONFIG } from './config.ts';
import { missingModel } from './missing.ts';

/** Names of the files of a model directory that decide what it answers. */
const DECIDING =
  /^(?:config\.json|adapter_config\.json|.*\.safetensors|.*\.safetensors\.index\.json|tokenizer.*|.*\.model|vocab.*|merges\.txt)$/;

/** The files of a model directory that decide what it answers; of an adapter, those of its base too. */
export async function decidingFiles(dir: string): Promise<string[]> {
  if (!isAdapter(dir)) return ownFiles(dir);
  const { base } = await readLora(dir);
  // A folder may hold both a model and its adapter.
  const own = paths(dir, await readdir(dir));
  return [...new Set([...own, ...(await ownFiles(base))])];
}

async function ownFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => null);
  if (!names?.includes(CONFIG)) throw missingModel(dir);
  return paths(dir, names);
}

const paths = (dir: string, names: string[]) =>
  names
    .filter((one) => DECIDING.test(one))
    .sort()
    .map((name) => join(dir, name));

/** A hash of a model's weights, shape and tokenizer. @throws UserError where there is no such folder */
export async function modelHash(dir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of await decidingFiles(dir)) {
    if (!(await statOf(path)).isFile()) continue;
    hash.update(`\0${basename(path)}\0`);
    await addFile(hash, path);
  }
  return hash.digest('hex');
}

/** Changes when a model's files are written anew. @throws UserError where there is no such folder */
export async function modelStamp(dir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const path of await decidingFiles(dir)) {
    const { size, mtimeMs } = await statOf(path);
    hash.update(`\0${basename(path)} ${size} ${mtimeMs}`);
  }
  return hash.digest('hex');
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw new UserError(`${path}: expected a file, got ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** Adds the bytes of a file to a hash. */
export async function addFile(hash: Hash, path: string): Promise<void> {
  for await (const chunk of createReadStream(path)) hash.update(chunk);
}
