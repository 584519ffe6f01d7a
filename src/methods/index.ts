/**
 * The methods by name: every file beside this one is a method, its default export. A new method is a new file; what
 * they are put together from stands in `parts/`.
 */
import { readdirSync } from 'node:fs';
import { UserError } from '../errors.ts';
import type { Method } from './parts/segment.ts';

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.ts') && file !== 'index.ts');
const modules: { default: Method }[] = await Promise.all(
  files.sort().map((file) => import(new URL(file, folder).href)),
);

export const METHODS: Readonly<Record<string, Method>> = Object.fromEntries(
  modules.map(({ default: method }) => [method.name, method]),
);

/** @throws UserError naming the methods there are. */
export function getMethod(name: string): Method {
  const method = METHODS[name];
  if (method) return method;
  throw new UserError(`method.name: expected one of ${Object.keys(METHODS).join(', ')}, got "${name}"`);
}
