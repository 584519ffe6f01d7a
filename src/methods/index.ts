/**
 * The methods by name. A new one is one file: beside this one, with its line below, or anywhere else, named in a recipe
 * by its path. What they are put together from stands in `parts/`.
 */
import { existsSync } from 'node:fs';
import { UserError } from '../errors.ts';
import { importModule } from '../importModule.ts';
import { displayPath } from '../paths.ts';
import auxiliaryTranslation from './auxiliaryTranslation.ts';
import codeSwitching from './codeSwitching.ts';
import monolingual from './monolingual.ts';
import { ofFile } from './ownFile.ts';
import type { Method } from './parts/segment.ts';
import pivotOnly from './pivotOnly.ts';
import plainText from './plainText.ts';
import plug from './plug.ts';
import plugWithoutPivotInstruction from './plugWithoutPivotInstruction.ts';
import plugWithoutPivotResponse from './plugWithoutPivotResponse.ts';
import translateTest from './translateTest.ts';
import verbatim from './verbatim.ts';

const all: Method[] = [
  plug,
  plugWithoutPivotInstruction,
  plugWithoutPivotResponse,
  monolingual,
  pivotOnly,
  codeSwitching,
  auxiliaryTranslation,
  translateTest,
  verbatim,
  plainText,
];

export const METHODS: Readonly<Record<string, Method>> = Object.fromEntries(
  all.map((method) => [method.name, method]),
);

/** @throws UserError naming the methods there are. */
export function getMethod(name: string): Method {
  const method = METHODS[name];
  if (method) return method;
  throw new UserError(
    `method.name: expected one of ${Object.keys(METHODS).join(', ')}, or the path of a .ts file, got "${name}"`,
  );
}

/** Whether a recipe's `method.name` is the path of a file that holds the method. */
export const isMethodFile = (name: string) => /\.[mc]?[jt]s$/.test(name);

const MEMBERS = { languages: 'function', segments: 'function', prompt: 'function', answer: 'function' };

/**
 * The method called `name`, or the default export of the file of that path.
 * @throws UserError when there is no such method or file, or the file exports something else
 */
export async function loadMethod(name: string): Promise<Method> {
  if (!isMethodFile(name)) return getMethod(name);
  if (!existsSync(name)) {
    throw new UserError(`method.name: expected a file that holds a method, got none at ${displayPath(name)}`);
  }
  const method = (await importModule(name, 'a method')).default as Record<string, unknown> | undefined;
  const lacks = Object.entries(MEMBERS).filter(([member, type]) => typeof method?.[member] !== type);
  if (method && lacks.length === 0 && Array.isArray(method.spans))
    return ofFile(method as unknown as Method, name);
  throw new UserError(
    `${displayPath(name)}: expected \`export default\` of a method with spans, ${Object.keys(MEMBERS).join(', ')}, ` +
      `got ${method ? `one without ${lacks.map(([member]) => member).join(', ') || 'spans'}` : 'no default export'}`,
  );
}
