/**
 * Writes the project's own data: every file of `datasets/world/`, the same bytes each time. `npm run data` calls it.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parallelRows } from './rows.ts';
import { buildWorld } from './world.ts';

/** What one written file holds. */
export interface WrittenFile {
  file: string;
  rows: number;
  bytes: number;
}

/** The files by their path below the data folder, as rows of JSON. */
export function worldFiles(): Record<string, object[]> {
  const { tune, validation } = parallelRows(buildWorld());
  return { 'tune.jsonl': tune, 'validation.jsonl': validation };
}

/** Rows as JSON lines. */
export const toLines = (rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/**
 * Writes the world's files into a folder, made if missing. A file appears whole or not at all: it is written beside
 * its place and then renamed.
 */
export async function writeWorld(dir: string): Promise<WrittenFile[]> {
  await mkdir(dir, { recursive: true });
  const written: WrittenFile[] = [];
  for (const [file, rows] of Object.entries(worldFiles())) {
    const path = join(dir, file);
    const bytes = Buffer.from(toLines(rows), 'utf8');
    await writeFile(`${path}.${process.pid}.tmp`, bytes);
    await rename(`${path}.${process.pid}.tmp`, path);
    written.push({ file, rows: rows.length, bytes: bytes.length });
  }
  return written;
}
