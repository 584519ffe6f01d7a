/** Which model a directory holds: by all its bytes, or, where that takes long, by the sizes and times of its files. */
import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';

/** The files of a model directory that decide what it answers. */
const DECIDING =
  /^(?:config\.json|.*\.safetensors|.*\.safetensors\.index\.json|tokenizer.*|.*\.model|vocab.*|merges\.txt)$/;

async function decidingFiles(dir: string): Promise<string[]> {
  const names = await readdir(dir).catch(() => null);
  if (!names?.includes('config.json')) {
    const got = names ? 'none' : 'no such folder';
    throw new UserError(`${dir}: expected a model directory with config.json, got ${got}`);
  }
  return names.filter((one) => DECIDING.test(one)).sort();
}

/** A hash of a model's weights, shape and tokenizer. @throws UserError where there is no such folder */
export async function modelHash(dir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await decidingFiles(dir)) {
    if (!(await stat(join(dir, name))).isFile()) continue;
    hash.update(`\0${name}\0`);
    await addFile(hash, join(dir, name));
  }
  return hash.digest('hex');
}

/** Changes when a model's files are written anew. @throws UserError where there is no such folder */
export async function modelStamp(dir: string): Promise<string> {
  const hash = createHash('sha256');
  for (const name of await decidingFiles(dir)) {
    const { size, mtimeMs } = await stat(join(dir, name));
    hash.update(`\0${name} ${size} ${mtimeMs}`);
  }
  return hash.digest('hex');
}

/** Adds the bytes of a file to a hash. */
export async function addFile(hash: Hash, path: string): Promise<void> {
  for await (const chunk of createReadStream(path)) hash.update(chunk);
}
