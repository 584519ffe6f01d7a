/** Names of languages as a reader of a report knows them. */
import { englishName, isKnown, languageNameIn } from '../methods/parts/languages.ts';

/** English name of a language code, or of several with a comma and a space between them. */
export function languageName(codes: string): string {
  const nameOf = (code: string) => (isKnown(code) ? languageNameIn(code, 'en') : englishName(code));
  return codes.split(', ').map(nameOf).join(', ');
}
