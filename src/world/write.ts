/**
 * Writes the project's own data: every file of `datasets/world/`, the same bytes each time. `npm run data` calls it.
 */
import { join } from 'node:path';
import { writeFileWhole } from '../files.ts';
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

/** Writes the world's files into a folder, made if missing. */
export async function writeWorld(dir: string): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for (const [file, rows] of Object.entries(worldRows(buildWorld()))) {
    const bytes = Buffer.from(toLines(rows), 'utf8');
    await writeFileWhole(join(dir, file), bytes);
    written.push({ file, rows: rows.length, bytes: bytes.length });
  }
  return written;
}
