/**
 * The cache of prepared data: tokenized examples and trained tokenizers, each in a folder named by a hash of all that
 * decides its content, the bytes of the files and the code of the rooms that read them included. `prepare.ts` asks
 * here first. It lies in the user's cache folder; PLUG_DATA_CACHE names another, or turns it off.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync } from 'node:fs';
import { access, constants, readdir, rm, stat, utimes } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder, writeFileWhole, writeFolderWhole } from '../files.ts';
import { cacheFolder } from '../runtime/context.ts';

/** What has not been used for so long is removed. */
const KEEP_DAYS = 30;
/** Stands in every whole entry, and is touched at each use. */
const MARK = 'used';
/** The libraries that decide ids beside our code. */
const LIBRARIES = ['tokenizers'];
/** The rooms whose code decides ids and masks. */
const ROOMS = ['.', '../methods', '../tokenizer'];

export interface Cache {
  /** The folder that follows from `settings` (plain data) and the files, filled first where there is none yet. */
  entry(settings: unknown, fill: (dir: string) => Promise<void>): Promise<string>;
}

/** The cache for what is made of `files`; null where it is turned off or cannot be written. */
export async function openCache(files: string[]): Promise<Cache | null> {
  const named = process.env.PLUG_DATA_CACHE;
  if (named === 'off') return null;
  const cache = named || join(cacheFolder(process.env), 'data');
  try {
    await makeFolder(cache);
    await access(cache, constants.W_OK);
  } catch {
    return null;
  }
  let content: Promise<string> | undefined; // the files are read once, and only if an entry is asked for
  return {
    async entry(settings, fill) {
      content ??= contentHash(files);
      const key = createHash('sha256')
        .update(sourceHash())
        .update(await content)
        .update(JSON.stringify(settings));
      const dir = join(cache, key.digest('hex').slice(0, 32));
      if (existsSync(join(dir, MARK))) {
        const now = new Date();
        await utimes(join(dir, MARK), now, now).catch(() => {});
        return dir;
      }
      await writeFolderWhole(dir, async (temporary) => {
        await fill(temporary);
        await writeFileWhole(join(temporary, MARK), '');
      });
      await prune(cache);
      return dir;
    },
  };
}

/** A hash of the names and bytes of `files`. */
async function contentHash(files: string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) {
    hash.update(`\0${basename(file)}\0`);
    for await (const chunk of createReadStream(file)) hash.update(chunk);
  }
  return hash.digest('hex');
}

let source: string | undefined;
function sourceHash(): string {
  if (source) return source;
  const hash = createHash('sha256');
  for (const room of ROOMS) {
    const dir = fileURLToPath(new URL(room, import.meta.url));
    const names = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.m?[jt]s$/.test(name),
    );
    for (const name of names.sort()) hash.update(name).update(readFileSync(join(dir, name)));
  }
  const load = createRequire(import.meta.url);
  for (const library of LIBRARIES) hash.update(load(`${library}/package.json`).version);
  source = hash.digest('hex');
  return source;
}

/** Names of entries, and of those that a process left half-written: the folder may hold other things of its owner's. */
const ENTRY = /^\.?[0-9a-f]{32}(?:\.plug-tune-\d+\.tmp)?$/;

/** Removes entries that have not been used for a month, and what a process killed so long ago left half-written. */
async function prune(cache: string): Promise<void> {
  const oldest = Date.now() - KEEP_DAYS * 24 * 3600 * 1000;
  for (const name of (await readdir(cache)).filter((one) => ENTRY.test(one))) {
    const dir = join(cache, name);
    const used = await stat(join(dir, MARK)).catch(() => stat(dir).catch(() => null));
    if (used && used.mtimeMs < oldest) await rm(dir, { recursive: true, force: true });
  }
}
