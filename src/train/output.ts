/** Where a run may be put: a folder of its own, which is neither the user's work nor the model that it starts from. */
import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, relative, sep } from 'node:path';
import { isAdapter, readLora } from '../checkpoint/adapterConfig.ts';
import { UserError } from '../errors.ts';
import { callerDir, displayPath, fromCaller, projectRoot } from '../paths.ts';
import type { Recipe } from '../recipe/schema.ts';

const ELSEWHERE = 'give the run a folder of its own, such as --output checkpoints/mine';

/** @throws UserError for an empty name of a folder or file */
export function refuseEmpty(flag: string, text: string | undefined): void {
  if (text === undefined || text.trim() !== '') return;
  throw new UserError(`--${flag}: expected a path, got an empty text; leave the flag out, or name one`);
}

/**
 * The folder of a run, from what `--output` says or the recipe's name.
 * @throws UserError where a run there would be mixed with something else
 */
export async function outputFolder(text: string | undefined, recipe: Recipe): Promise<string> {
  refuseEmpty('output', text);
  const dir = fromCaller(text ?? join('checkpoints', recipe.name));
  refusePlace(dir, await sourcesOf(recipe), {
    thing: 'this run alone',
    source: 'the model to start from',
    fix: ELSEWHERE,
  });
  return dir;
}

/**
 * @param sources model directories that are read
 * @throws UserError where `dir` holds the current folder, this package or a home, or is in or around a source
 */
export function refusePlace(
  dir: string,
  sources: string[],
  { thing, source, fix }: Record<'thing' | 'source' | 'fix', string>,
): void {
  const name = displayPath(dir);
  const real = realPath(dir);
  if (real === null) {
    throw new UserError(
      `${name}: expected a folder, got a link to nothing; make what it leads to, or ${fix}`,
    );
  }
  const shared = {
    'the current folder': callerDir(),
    'plug-tune itself': projectRoot,
    'your home': homedir(),
  };
  for (const [what, folder] of Object.entries(shared)) {
    if (isWithin(realPath(folder) ?? folder, real)) {
      throw new UserError(`${name}: expected a folder for ${thing}, got one that holds ${what}; ${fix}`);
    }
  }
  for (const one of sources) {
    const from = realPath(one);
    if (from === null || !(isWithin(from, real) || isWithin(real, from))) continue;
    const where =
      from === real ? 'that very folder' : isWithin(real, from) ? 'one inside it' : 'one around it';
    throw new UserError(
      `${name}: expected another folder than ${displayPath(one)}, ${source}, got ${where}; ${fix}`,
    );
  }
}

/** The model that a recipe starts from, and the base of it where it is an adapter. */
async function sourcesOf({ model: { from } }: Recipe): Promise<string[]> {
  if (from === undefined) return [];
  const base = isAdapter(from) ? await readLora(from).then((lora) => [lora.base]) : [];
  return [from, ...base];
}

/** Whether `path` is `folder` or lies in it. */
function isWithin(path: string, folder: string): boolean {
  const rest = relative(folder, path);
  return rest === '' || (rest !== '..' && !rest.startsWith(`..${sep}`));
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/** `path` with all links followed, as far as it is there; null where a link leads nowhere. */
function realPath(path: string): string | null {
  if (existsSync(path)) return realpathSync.native(path);
  if (isLink(path)) return null;
  const above = dirname(path);
  if (above === path) return path;
  const real = realPath(above);
  return real === null ? null : join(real, basename(path));
}
