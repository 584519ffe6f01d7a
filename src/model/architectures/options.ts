/** Options of a `config.json`, each checked where it is read. */
import { UserError } from '../../errors.ts';

export interface Options {
  /** Names the file, and the part of it, in messages. */
  where: string;
  /** The option as it stands, or undefined. */
  get(field: string): unknown;
  /** A number above zero; `fallback` where it is missing or null. */
  number(field: string, fallback?: number): number;
  flag(field: string): boolean;
  /** An error that names the file and the option. */
  bad(field: string, expected: string): UserError;
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
  const all = { ...defaults, ...json };
  const bad = (field: string, expected: string) =>
    new UserError(`${where}: ${field}: expected ${expected}, got ${JSON.stringify(all[field])}`);
  return {
    where,
    get: (field) => all[field],
    number(field, fallback) {
      const value = all[field] ?? fallback;
      if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
      throw bad(field, 'a number > 0');
    },
    flag(field) {
      const value = all[field] ?? false;
      if (typeof value === 'boolean') return value;
      throw bad(field, 'true or false');
    },
    bad,
  };
}
