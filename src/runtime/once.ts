/** Work that is done once for each state of what it is made from, such as a list of packages: a stamp beside it tells. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Runs `make` unless `stamp` holds `state`, as it does after a run that ended well.
 * @param stamp a file, best within what is made, so that it goes when that is removed
 */
export async function onceFor(stamp: string, state: string, make: () => Promise<void>): Promise<void> {
  if ((await readFile(stamp, 'utf8').catch(() => null)) === state) return;
  await rm(stamp, { force: true });
  await make();
  await mkdir(dirname(stamp), { recursive: true });
  await writeFile(stamp, state);
}
