/**
 * Writes the project's own data: every file of `datasets/world/`, the same bytes each time. `npm run data` calls it.
 */
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { worldRows } from './rows.ts';
import { buildWorld } from './world.ts';

/** What one written file holds. */
export interface WrittenFile {
  file: string;
  rows: number;
  bytes: number;
}

/** Rows as JSON lines. */
export const toLines = (rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/**
 * Writes the world's files into a folder, made if missing. A file appears whole or not at all: it is written beside
 * its place and then renamed.
 */
export async function writeWorld(dir: string): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const [file, rows] of Object.entries(worldRows(buildWorld()))) {
    const path = join(dir, file);
    await mkdir(dirname(path), { recursive: true });
    const bytes = Buffer.from(toLines(rows), 'utf8');
    await writeFile(`${path}.${process.pid}.tmp`, bytes);
    await rename(`${path}.${process.pid}.tmp`, path);
    written.push({ file, rows: rows.length, bytes: bytes.length });
  }
  return written;
}
