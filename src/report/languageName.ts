/** Names of languages as a reader of a report knows them. */
import { LANGUAGES } from '../methods/parts/languages.ts';

/** English name of a language code, or of several with a comma and a space between them. */
export function languageName(code: string): string {
  if (code.includes(', ')) return code.split(', ').map(languageName).join(', ');
  try {
    return LANGUAGES[code]?.name ?? new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}
