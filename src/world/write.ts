/**
 * Writes the project's own data: every file of `datasets/world/`, the same bytes each time. `npm run data` calls it.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '../errors.ts';
import { writeFileWhole } from '../files.ts';
import { displayPath } from '../paths.ts';
import { languages } from './languages/index.ts';
import { stream } from './random.ts';
import { worldRows } from './rows.ts';
import { documents } from './texts/documents.ts';
import { controlTexts, pretrainingTexts } from './texts/index.ts';
import { laidOut } from './texts/layout.ts';
import type { Text } from './texts/text.ts';
import { buildWorld, type World } from './world.ts';

/** What one written file holds. */
export interface WrittenFile {
  file: string;
  rows: number;
  bytes: number;
}

/** Rows as JSON lines. */
export const toLines = (rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

/** The rows of every file, by its path below the data folder: of instructions, and of running text (`.gz`). */
export function worldFiles(): Record<string, object[]> {
  const world = buildWorld();
  const rows = worldRows(world);
  const instructions = Object.values(rows).flatMap((some) =>
    some.flatMap((row) => languages.map(({ code }) => row[`instruction_${code}`])),
  );
  return {
    ...rows,
    'pretrain.jsonl.gz': numbered(world, 'pretrain', pretrainingTexts(world, new Set(instructions))),
    'control.jsonl.gz': numbered(world, 'control', controlTexts(world)),
  };
}

/** Documents of these texts, each in a layout of its own. */
function numbered(world: World, name: string, texts: Text[]): object[] {
  const random = stream(`${world.settings.seed}:layout:${name}`);
  return documents(world, name, texts).map((page, i) => ({
    id: `text-${String(i).padStart(6, '0')}`,
    text: laidOut(random, page),
  }));
}

/**
 * Writes the world's files into a folder, made if missing.
 * @param replace also files of these names that hold something else
 * @throws UserError, before anything is written, where there is one and it is not to be replaced
 */
export async function writeWorld(dir: string, { replace = false } = {}): Promise<WrittenFile[]> {
  const files = Object.entries(worldFiles()).map(([file, rows]) => {
    const lines = Buffer.from(toLines(rows), 'utf8');
    return { file, rows: rows.length, bytes: file.endsWith('.gz') ? gzipSync(lines, { level: 9 }) : lines };
  });
  for (const { file, bytes } of replace ? [] : files) {
    const path = join(dir, file);
    if (!existsSync(path) || (statSync(path).isFile() && readFileSync(path).equals(bytes))) continue;
    throw new UserError(
      `${displayPath(path)}: expected no such file, or the one that is written here, got another; ` +
        'move it away, or choose another folder with --output',
    );
  }
  for (const { file, bytes } of files) await writeFileWhole(join(dir, file), bytes);
  return files.map(({ file, rows, bytes }) => ({ file, rows, bytes: bytes.length }));
}
