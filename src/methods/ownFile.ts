/** A method from a file of the user's: an error in its functions is reported as one of that file. */

import { isUserError, oneLine, UserError } from '../errors.ts';
import { displayPath } from '../paths.ts';
import { kindOf } from '../shown.ts';
import type { Method } from './parts/segment.ts';

const LISTS = ['languages', 'segments', 'prompt', 'passes'];
const MEMBERS = [...LISTS, 'answer'];

/** The method with functions that throw UserErrors which name the file, and whose lists are lists. */
export function ofFile(method: Method, path: string): Method {
  // Members of a class are not copied with the rest.
  const { name, summary, spans, textOnly } = method;
  const guarded: Record<string, unknown> = { ...method, name, summary, spans, textOnly };
  for (const member of MEMBERS) {
    const own = (method as unknown as Record<string, Own | undefined>)[member];
    if (typeof own === 'function') guarded[member] = guard(own, member, method, displayPath(path));
  }
  return guarded as unknown as Method;
}

type Own = (...args: unknown[]) => unknown;

function guard(own: Own, member: string, method: Method, path: string) {
  return (...args: unknown[]): unknown => {
    let found: unknown;
    try {
      found = own.apply(method, args);
    } catch (error) {
      if (isUserError(error)) throw error;
      const got = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      throw new UserError(
        `${path}: ${member}(): expected a value, got ${oneLine(got)}; correct the method (--debug shows where)`,
        { cause: error },
      );
    }
    const isRight = LISTS.includes(member)
      ? Array.isArray(found)
      : typeof found === 'object' && found !== null;
    if (isRight) return found;
    const expected = LISTS.includes(member) ? 'a list' : 'an object';
    const got = found === undefined ? 'nothing' : kindOf(found);
    throw new UserError(`${path}: ${member}(): expected ${expected}, got ${got}; correct the method`);
  };
}
