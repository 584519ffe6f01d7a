/** JSON of a user's file, with the line and column of what is wrong in it. */
import { createRequire } from 'node:module';
import type { BuildFailure } from 'esbuild';
import { UserError } from '../errors.ts';

/** `LINE:COLUMN` from 1 and what is wrong there, which V8 does not always say. */
function problemIn(text: string): { place: string; problem: string } | null {
  const { transformSync }: typeof import('esbuild') = createRequire(import.meta.url)('esbuild');
  try {
    transformSync(text, { loader: 'json', logLevel: 'silent' });
    return null;
  } catch (error) {
    const [first] = (error as BuildFailure).errors ?? [];
    if (!first?.location) return null;
    return { place: `:${first.location.line}:${first.location.column + 1}`, problem: first.text };
  }
}

/**
 * The value of a JSON text.
 * @param source the file as a person knows it
 * @param what it should hold
 * @throws UserError `FILE:LINE:COLUMN: expected JSON, got …`
 */
export function parseJson(text: string, source: string, what = 'JSON'): unknown {
  const bare = text.replace(/^\ufeff/, '');
  if (bare.trim() === '') throw new UserError(`${source}: expected ${what}, got an empty file`);
  try {
    return JSON.parse(bare);
  } catch (error) {
    const { place, problem } = problemIn(bare) ?? { place: '', problem: (error as Error).message };
    throw new UserError(`${source}${place}: expected ${what}, got ${problem}`, { cause: error });
  }
}
