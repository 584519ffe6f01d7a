/**
 * From a path of a recipe to the files it stands for: the file itself, or those in a folder, at any depth, that
 * end like files of rows. `readRows` reads each of them.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../errors.ts';
import { displayPath } from '../../paths.ts';
import { noPlainFile, otherThanFile } from '../../plainFile.ts';
import { readableError } from './bytes.ts';

const ENDING = /\.(?:(?:jsonl|ndjson|json|csv|tsv)(?:\.gz|\.zst)?|parquet)$/i;
const ENDINGS = '.jsonl, .ndjson, .json, .csv, .tsv (each also with .gz or .zst) or .parquet';

/** Files in the folder by name; links to files count, links to folders do not, for they may lead in circles. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    if (entry.isDirectory()) found.push(...(await filesIn(path)));
    else if (ENDING.test(entry.name) && (entry.isFile() || (await stat(path)).isFile())) found.push(path);
  }
  return found;
}

/**
 * The files of `path`, in the order in which they are read.
 *
 * @throws UserError when there is no such path, or a pipe or device, or a folder that holds no file of rows
 */
export async function listFiles(path: string): Promise<string[]> {
  let found: string[];
  try {
    const stats = await stat(path);
    const other = otherThanFile(stats);
    if (other === null) return [path];
    if (!stats.isDirectory()) throw noPlainFile(path, 'a file or folder of rows', other);
    found = await filesIn(path);
  } catch (error) {
    throw readableError(error, path);
  }
  if (found.length > 0) return found;
  throw new UserError(`${displayPath(path)}: expected a folder with files that end in ${ENDINGS}, got none`);
}
