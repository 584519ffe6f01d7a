/** The files that a run is made from, as they were when it began: what has changed since is named. */
import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { decidingFiles } from '../checkpoint/identity.ts';
import { listFiles } from '../data/read/files.ts';
import type { FileRecord } from '../fileRecords.ts';
import { isMethodFile } from '../methods/index.ts';
import { displayPath } from '../paths.ts';
import type { Recipe } from '../recipe/schema.ts';

export interface InputRecord extends FileRecord {
  /** Key of the recipe that names it, such as `data.train`. */
  key: string;
  path: string;
}

/** Records of all files that the recipe names and that are there. */
export async function recordInputs(recipe: Recipe): Promise<InputRecord[]> {
  const records: InputRecord[] = [];
  for (const { key, path } of await inputFiles(recipe)) {
    const found = await stat(path).catch(() => null);
    if (!found?.isFile()) continue;
    const { size: bytes, mtimeMs } = found;
    records.push({ key, path, bytes, mtimeMs, sha256: await contentMark(path, bytes) });
  }
  return records;
}

/** Files that have other content now, or are new, in words. A file that is missing is reported where it is read. */
export async function changedInputs(records: InputRecord[], recipe: Recipe): Promise<string[]> {
  const changes: string[] = [];
  const known = new Set(records.map(({ key, path }) => `${key}\0${path}`));
  const keys = new Set(records.map(({ key }) => key));
  for (const { key, path, bytes, mtimeMs, sha256 } of records) {
    const found = await stat(path).catch(() => null);
    const name = `${key}: ${displayPath(path)}`;
    if (!found?.isFile() || (found.size === bytes && found.mtimeMs === mtimeMs)) continue;
    if (found.size !== bytes || (await contentMark(path, bytes)) !== sha256) {
      changes.push(`${name} has other content`);
    }
  }
  for (const { key, path } of await inputFiles(recipe)) {
    if (keys.has(key) && !known.has(`${key}\0${path}`)) changes.push(`${key}: ${displayPath(path)} is new`);
  }
  return changes;
}

async function inputFiles({
  data,
  method,
  tokenizer,
  model,
}: Recipe): Promise<{ key: string; path: string }[]> {
  const rows = { 'data.train': data.train, 'data.pivot': data.pivot, 'data.validation': data.validation };
  const files: { key: string; path: string }[] = [];
  const add = (key: string, paths: string[]) => files.push(...paths.map((path) => ({ key, path })));
  for (const [key, named] of Object.entries(rows)) {
    for (const path of [named ?? []].flat()) add(key, await listFiles(path).catch(() => [path]));
  }
  if (isMethodFile(method.name)) add('method.name', [method.name]);
  if (tokenizer.path)
    add('tokenizer.path', await decidingFiles(tokenizer.path).catch(() => [tokenizer.path ?? '']));
  if (model.from) add('model.from', await decidingFiles(model.from).catch(() => []));
  return files;
}

/** Up to this size all of a file is read; of a larger one, parts spread over it, so that a start stays short. */
const WHOLE_BYTES = 256 * 2 ** 20;
const PARTS = 64;
const PART_BYTES = 2 ** 20;

/** A hash that changes when a file gets other content: of all its bytes, or of parts all over a large one. */
async function contentMark(path: string, bytes: number): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(path, 'r');
  try {
    const parts = bytes > WHOLE_BYTES ? PARTS : Math.ceil(bytes / PART_BYTES);
    const buffer = Buffer.alloc(PART_BYTES);
    for (let i = 0; i < parts; i++) {
      const start =
        bytes > WHOLE_BYTES ? Math.floor((i * (bytes - PART_BYTES)) / (PARTS - 1)) : i * PART_BYTES;
      const { bytesRead } = await handle.read(buffer, 0, PART_BYTES, start);
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}
