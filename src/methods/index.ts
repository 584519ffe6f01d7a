/** The methods by name. Adding one is one file beside this and one line here. */
import { UserError } from '../errors.ts';
import { monolingual } from './monolingual.ts';
import { plug } from './plug.ts';
import type { Method } from './segment.ts';

export const METHODS: Record<string, Method> = Object.fromEntries(
  [plug, monolingual].map((method) => [method.name, method]),
);

/** @throws UserError naming the methods there are. */
export function getMethod(name: string): Method {
  const method = METHODS[name];
  if (method) return method;
  throw new UserError(`method.name: expected one of ${Object.keys(METHODS).join(', ')}, got "${name}"`);
}
