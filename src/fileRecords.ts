/**
 * What files were when they were written: size, time and SHA-256. Damage is noticed by these records, and only a file
 * that is still as its record says is ever deleted.
 */
import { createHash } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hashFile } from './runtime/cache.ts';

export interface FileRecord {
  bytes: number;
  /** Time of the last change, in milliseconds since 1970. */
  mtimeMs: number;
  sha256: string;
}

/** Records by path within a folder. */
export type FileRecords = Record<string, FileRecord>;

export async function recordFile(file: string): Promise<FileRecord> {
  const sha256 = await hashFile(file);
  const { size, mtimeMs } = await stat(file);
  return { bytes: size, mtimeMs, sha256 };
}

/** Records of all files directly in `dir`. */
export async function recordFolder(dir: string): Promise<FileRecords> {
  const records: FileRecords = {};
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    if (entry.isFile()) records[entry.name] = await recordFile(join(dir, entry.name));
  }
  return records;
}

/**
 * Reads the whole file and compares it with its record.
 * @returns what differs, in words; null where nothing does
 */
export async function problemOf(file: string, { bytes, sha256 }: FileRecord): Promise<string | null> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) return 'it is missing';
  if (found.size !== bytes) return `expected ${bytes} bytes, got ${found.size}`;
  const hash = await hashFile(file).catch((error: NodeJS.ErrnoException) => error.code);
  return hash === sha256 ? null : `expected SHA-256 ${sha256.slice(0, 12)}…, got ${hash?.slice(0, 12)}…`;
}

/** The files of `records` in `dir` that are not as recorded, one after the other, and what differs. */
export async function* problemsIn(dir: string, records: FileRecords): AsyncGenerator<string> {
  for (const [name, record] of Object.entries(records)) {
    const problem = await problemOf(join(dir, name), record);
    if (problem) yield `${name}: ${problem}`;
  }
}

/** The first of `problemsIn`; null where all files are as recorded. */
export async function problemIn(dir: string, records: FileRecords): Promise<string | null> {
  for await (const problem of problemsIn(dir, records)) return problem;
  return null;
}

/** Whether a file is still the recorded one: by size and time, and by its content only where the time differs. */
export async function isAsRecorded(file: string, record: FileRecord): Promise<boolean> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile() || found.size !== record.bytes) return false;
  return found.mtimeMs === record.mtimeMs || (await problemOf(file, record)) === null;
}

/** Removes the files of `records` from `dir`, except those that have changed since. @returns names of the kept ones */
export async function removeRecorded(dir: string, records: FileRecords): Promise<string[]> {
  const kept: string[] = [];
  for (const [name, record] of Object.entries(records)) {
    const file = join(dir, name);
    if (await isAsRecorded(file, record)) await rm(file);
    else if (await stat(file).catch(() => null)) kept.push(name);
  }
  return kept;
}

/** Plain data with a hash of itself, so that a change of any digit is noticed when it is read. */
export function sealed<T extends object>(data: T): T & { sha256: string } {
  return { ...data, sha256: hashOf(data) };
}

/** The data of `sealed` as they come out of JSON; null where they are not what was sealed. */
export function unsealed<T extends object>(json: unknown): T | null {
  if (typeof json !== 'object' || json === null) return null;
  const { sha256, ...data } = json as Record<string, unknown>;
  return sha256 === hashOf(data) ? (data as T) : null;
}

const hashOf = (data: object) => createHash('sha256').update(JSON.stringify(data)).digest('hex');
