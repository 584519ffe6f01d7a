/** Regular expressions of Python in the files of models, held against names of modules. */
import { runInNewContext } from 'node:vm';
import { UserError } from '../errors.ts';

/** Longest time that all names may take together: some patterns take years for one of them. */
const TIMEOUT_MS = 2000;

/** A pattern as JavaScript spells it. */
export interface Pattern {
  source: string;
  flags: string;
}

/**
 * What both languages spell otherwise; all that is left has one meaning for names of modules.
 * @param where names the pattern in messages
 * @throws UserError where it cannot be read
 */
export function fromPython(pattern: string, where: string): Pattern {
  const flags = /^\(\?([a-zA-Z]+)\)/.exec(pattern);
  const kept = new Set((flags?.[1] ?? '').replaceAll(/[auL]/g, ''));
  const source = pattern
    .slice(flags?.[0].length ?? 0)
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?P=(\w+)\)/g, '\\k<$1>')
    .replaceAll('{,', '{0,')
    .replaceAll('\\A', '^')
    .replaceAll(/\\[zZ]/g, '$');
  const bad = (reason: string) =>
    new UserError(`${where}: expected a regular expression, got ${JSON.stringify(pattern)}: ${reason}`);
  const other = [...kept].find((flag) => !'ims'.includes(flag));
  if (other) throw bad(`the flag ${other} is not supported`);
  try {
    new RegExp(source, [...kept].join(''));
  } catch (error) {
    throw bad((error as Error).message);
  }
  return { source, flags: [...kept].join('') };
}

/**
 * Which names a pattern matches as a whole.
 * @param around what goes around the pattern, `%s` standing for it
 * @throws UserError where that takes too long
 */
export function matching(
  { source, flags }: Pattern,
  names: string[],
  where: string,
  around = '%s',
): boolean[] {
  const whole = `^(?:${around.replace('%s', () => `(?:${source})`)})$`;
  const code = 'const pattern = new RegExp(whole, flags); names.map((name) => pattern.test(name))';
  try {
    return [...runInNewContext(code, { whole, flags, names }, { timeout: TIMEOUT_MS })];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new UserError(
      `${where}: expected a pattern that is matched within ${TIMEOUT_MS / 1000} s, ` +
        `got ${JSON.stringify(source)}, which takes longer; write it without nested repetitions`,
    );
  }
}
