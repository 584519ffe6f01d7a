/**
 * Where things are: the project's own folder, and the folder where the user gave the command. `npm run`
 * changes into the project before it starts, so the two differ from the working directory.
 */
import { realpathSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder, which holds `recipes/` and `datasets/`. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), '..');

/** The folder where the command was given. Paths in flags are relative to it, and results go under it. */
export function callerDir(): string {
  const here = process.cwd();
  const givenElsewhere = process.env.INIT_CWD && realpathSync(here) === realpathSync(projectRoot);
  return givenElsewhere ? (process.env.INIT_CWD as string) : here;
}

/** `path` made absolute, taken from where the command was given. */
export const fromCaller = (path: string) => resolve(callerDir(), path);

/** `path` as the user would write it: relative where it lies under the folder of the command. */
export function displayPath(path: string): string {
  const short = relative(callerDir(), path);
  return short && !short.startsWith('../../..') && short.length < path.length ? short : path;
}
