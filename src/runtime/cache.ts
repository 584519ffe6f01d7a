/**
 * One folder of the cache, and the small JSON manifest in it that says what was put there. A start reads the
 * manifest and compares sizes and times, which takes a millisecond; hashes are computed only when a time differs,
 * and by `npm run doctor`.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Flavour } from './context.ts';

/** A file as it was when the runtime was made. */
export interface FileRecord {
  /** Relative to the runtime's folder, or absolute when it lies outside. */
  path: string;
  bytes: number;
  /** Last change, whole seconds: copies and archives keep no more. */
  mtime: number;
  /** Of files that we unpacked ourselves. */
  sha256?: string;
}

/** `wheel`: fetched by us. `installed`: of the Python at hand. `folder`: PLUG_TENSORFLOW_DIR. */
export type Source = 'wheel' | 'installed' | 'folder';

export interface Manifest {
  format: 1;
  source: Source;
  flavour: Flavour;
  /** As its wheel says; undefined for a bare folder, where the library itself tells once loaded. */
  tensorflowVersion?: string;
  /** The folder of libtensorflow_cc, relative to the runtime's folder or absolute. */
  tensorflow: string;
  /** The libraries, main one first. */
  libraries: FileRecord[];
  /** The compiled binding by its key (see binding.ts). */
  bindings: Record<string, FileRecord[]>;
}

/** A file that is not as recorded. */
export interface Damage {
  file: string;
  expected: string;
  got: string;
}

const FILE = 'manifest.json';

/** Undefined when there is none, or one that another version of plug-tune wrote. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(readFileSync(path.join(folder, FILE), 'utf8')) as Manifest;
    return manifest.format === 1 ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the manifest in one rename, so that a reader sees the old one or the new one. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const temporary = path.join(folder, `.${FILE}.${process.pid}`);
  await writeFile(temporary, `${JSON.stringify(manifest, null, 2)}\n`);
  await rename(temporary, path.join(folder, FILE));
}

export function recordFile(folder: string, file: string, sha256?: string): FileRecord {
  const { size, mtimeMs } = statSync(path.resolve(folder, file));
  return { path: file, bytes: size, mtime: Math.floor(mtimeMs / 1000), ...(sha256 && { sha256 }) };
}

/**
 * Compares files with their records: sizes always; hashes where the time differs (a copied cache) or `full` is set.
 * A file without a recorded hash must have kept its time. A record whose hash was right takes the file's time.
 */
export async function findDamage(
  folder: string,
  records: FileRecord[],
  full = false,
): Promise<Damage | undefined> {
  for (const record of records) {
    const file = path.resolve(folder, record.path);
    if (!existsSync(file)) return { file, expected: `${record.bytes} bytes`, got: 'no such file' };
    const { size, mtimeMs } = statSync(file);
    if (size !== record.bytes) return { file, expected: `${record.bytes} bytes`, got: `${size}` };
    const sameTime = Math.floor(mtimeMs / 1000) === record.mtime;
    if (sameTime && !(full && record.sha256)) continue;
    if (!record.sha256) return { file, expected: 'the file of the set-up', got: 'a later one' };
    const sha256 = await hashFile(file);
    if (sha256 !== record.sha256) return { file, expected: `SHA-256 ${record.sha256}`, got: sha256 };
    record.mtime = Math.floor(mtimeMs / 1000);
  }
  return undefined;
}

export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest('hex');
}
