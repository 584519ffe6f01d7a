/**
 * Paths that name something other than a plain file. Reading a named pipe waits for a writer that may never come, and
 * reading a device may never end. Code that opens a file of the user's checks the path with these functions first.
 */
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { UserError } from './errors.ts';
import { displayPath } from './paths.ts';

/** What a path is, in words; null for a plain file. */
export function otherThanFile(stats: Stats): string | null {
  if (stats.isFile()) return null;
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a named pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

/** The error of a path that is no plain file. @param thing what was expected there, such as `a file of rows` */
export function noPlainFile(path: string, thing: string, got: string): UserError {
  const fix = got === 'a named pipe' ? '; write its content to a file, and give that' : '';
  return new UserError(`${displayPath(path)}: expected ${thing}, got ${got}${fix}`);
}

/** @throws UserError where `path` is there but is no plain file; a path where nothing is passes */
export async function refuseOtherThanFile(path: string, thing: string): Promise<void> {
  const stats = await stat(path).catch(() => null);
  const got = stats && otherThanFile(stats);
  if (got) throw noPlainFile(path, thing, got);
}
