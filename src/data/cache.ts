/**
 * The cache of prepared data: tokenized examples and trained tokenizers, each in a folder named by a hash of all that
 * decides its content, the bytes of the files and the code of the rooms that read them included. `prepare.ts` asks
 * here first. It lies in the user's cache folder; PLUG_DATA_CACHE names another, or turns it off.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { access, constants, readdir, rm, stat, utimes } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder, removeLeftovers, writeFileWhole } from '../files.ts';
import { cacheFolder } from '../runtime/context.ts';

/** What has not been used for so long is removed. */
const KEEP_DAYS = 30;
/** Stands in every whole entry, and is touched at each use. */
const MARK = 'used';
/** The rooms whose code decides ids and masks. */
const ROOMS = ['.', '../methods', '../tokenizer'];

/** The folder of the cache, made; null where it is turned off or cannot be written. */
export async function openCache(): Promise<string | null> {
  const named = process.env.PLUG_DATA_CACHE;
  if (named === 'off') return null;
  const dir = named || join(cacheFolder(process.env), 'data');
  try {
    await makeFolder(dir);
    await access(dir, constants.W_OK);
    return dir;
  } catch {
    return null;
  }
}

/** A name for what follows from `settings` (plain data) and the content of `files`. */
export async function cacheKey(settings: unknown, files: string[]): Promise<string> {
  const hash = createHash('sha256').update(sourceHash()).update(JSON.stringify(settings));
  for (const file of files) {
    hash.update(`\0${basename(file)}\0`);
    for await (const chunk of createReadStream(file)) hash.update(chunk);
  }
  return hash.digest('hex').slice(0, 32);
}

let source: string | undefined;
function sourceHash(): string {
  if (source) return source;
  const hash = createHash('sha256');
  for (const room of ROOMS) {
    const dir = fileURLToPath(new URL(room, import.meta.url));
    const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    for (const name of names.sort()) hash.update(name).update(readFileSync(join(dir, name)));
  }
  source = hash.digest('hex');
  return source;
}

/** The whole entry `key`, marked as used now; null where there is none. */
export async function findEntry(cache: string, key: string): Promise<string | null> {
  const dir = join(cache, key);
  if (!existsSync(join(dir, MARK))) return null;
  const now = new Date();
  await utimes(join(dir, MARK), now, now).catch(() => {});
  return dir;
}

/** The last file to write into the folder of a new entry. */
export const markWhole = (dir: string) => writeFileWhole(join(dir, MARK), '');

/** Removes entries that have not been used for a month, and what killed processes left. */
export async function pruneCache(cache: string): Promise<void> {
  await removeLeftovers(cache);
  const oldest = Date.now() - KEEP_DAYS * 24 * 3600 * 1000;
  for (const name of await readdir(cache)) {
    const used = await stat(join(cache, name, MARK)).catch(() => null);
    if (used && used.mtimeMs < oldest) await rm(join(cache, name), { recursive: true, force: true });
  }
}
