/** The JSON file that `--languages` names: a table of languages of the user's own. */
import { readFileSync, statSync } from 'node:fs';
import { refusedAt, UserError } from '../errors.ts';
import type { LanguageTable } from '../methods/parts/languages.ts';
import { displayPath } from '../paths.ts';
import { noPlainFile, otherThanFile } from '../plainFile.ts';
import { shown } from '../shown.ts';
import { checkSection } from './check.ts';
import { parseJson } from './json.ts';
import { languages } from './languages.ts';

/** The table of a JSON file, for overrides. @throws UserError for a file that cannot be read or holds something else */
export function readLanguages(path: string): LanguageTable {
  let text: string;
  try {
    const got = otherThanFile(statSync(path));
    if (got) throw noPlainFile(path, 'a JSON file with a table of languages', got);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    return refusedAt(displayPath(path))(error);
  }
  const source = displayPath(path);
  const json = parseJson(text, source);
  // A whole recipe, or its part, is understood too.
  const found = (json as { languages?: unknown } | null)?.languages ?? json;
  if (typeof found !== 'object' || found === null || Array.isArray(found)) {
    throw new UserError(`${source}: expected ${languages.meta()?.expects}, got ${shown(found)}`);
  }
  checkSection('languages', found, source);
  return found as LanguageTable;
}
