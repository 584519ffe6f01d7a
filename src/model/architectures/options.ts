/** Options of a JSON file such as `config.json`, each checked where it is read; what nobody reads is known too. */
import { UserError } from '../../errors.ts';
import { shown } from '../../shown.ts';

export interface Options {
  /** Names the file, and the part of it, in messages. */
  where: string;
  /** The value of an option; its default where the file leaves it out or has null; undefined where there is none. */
  get(field: string): unknown;
  /** Whether the file has null for it. For most options that is the same as leaving it out. */
  isNull(field: string): boolean;
  /** A number above zero. @param fallback where there is no value and no default */
  number(field: string, fallback?: number): number;
  /** A whole number from 1 to `most`. */
  count(field: string, options: { most: number; fallback?: number }): number;
  flag(field: string): boolean;
  /** An error that names the file, the option and its value. @param fix what to do about it */
  bad(field: string, expected: string, fix?: string): UserError;
  /** What the file holds and nobody has read so far, without what is null. */
  unread(): [field: string, value: unknown][];
}

/**
 * @param json what the file holds
 * @param defaults of what files may leave out
 * @param where names the file, and the part of it, in messages
 */
export function optionsOf(
  json: Record<string, unknown>,
  defaults: Record<string, unknown>,
  where: string,
): Options {
  const read = new Set<string>();
  const own = (object: Record<string, unknown>, field: string) =>
    Object.hasOwn(object, field) ? object[field] : undefined;
  const get = (field: string) => {
    read.add(field);
    return own(json, field) ?? own(defaults, field);
  };
  const bad = (field: string, expected: string, fix?: string) =>
    new UserError(
      `${where}: ${field}: expected ${expected}, got ${shown(get(field))}${fix ? `; ${fix}` : ''}`,
    );
  const number = (field: string, fallback?: number) => {
    const value = get(field) ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw bad(field, 'a number > 0');
  };
  return {
    where,
    get,
    isNull: (field) => {
      read.add(field);
      return own(json, field) === null;
    },
    number,
    count(field, { most, fallback }) {
      const value = number(field, fallback);
      if (Number.isInteger(value) && value <= most) return value;
      const got = get(field) === undefined ? `, got ${value}` : '';
      throw got
        ? new UserError(`${where}: ${field}: expected a whole number up to ${most}${got}`)
        : bad(field, `a whole number up to ${most}`);
    },
    flag(field) {
      const value = get(field) ?? false;
      if (typeof value === 'boolean') return value;
      throw bad(field, 'true or false');
    },
    bad,
    unread: () => Object.entries(json).filter(([field, value]) => value != null && !read.has(field)),
  };
}
