/**
 * The language table: all wording that depends on a language stands here, and a new language is one new row.
 * Response headings are those of the PLUG authors' code; the instruction headings are ours.
 */

import { UserError } from '../../errors.ts';
import type { LanguageCode } from './example.ts';

export interface Language {
  /** English name, as it stands in system prompts. */
  name: string;
  /** Heading that opens a restated instruction in this language. */
  instructionHeading: string;
  /** Heading that opens a response in this language. */
  responseHeading: string;
}

export const LANGUAGES: Record<LanguageCode, Language> = {
  en: { name: 'English', instructionHeading: 'English instruction:', responseHeading: 'English response:' },
  zh: { name: 'Chinese', instructionHeading: '中文指令：', responseHeading: '中文回复：' },
  ko: { name: 'Korean', instructionHeading: '한국어 지시:', responseHeading: '한국어 응답:' },
  it: {
    name: 'Italian',
    instructionHeading: 'Istruzione in italiano:',
    responseHeading: 'Risposta in italiano:',
  },
  es: {
    name: 'Spanish',
    instructionHeading: 'Instrucción en español:',
    responseHeading: 'Respuesta en español:',
  },
};

/** @throws UserError naming the known languages and the file to add one to. */
export function language(code: LanguageCode): Language {
  const found = LANGUAGES[code];
  if (found) return found;
  const known = Object.keys(LANGUAGES).join(', ');
  throw new UserError(
    `language: expected one of ${known}, got "${code}"; add a row to src/methods/parts/languages.ts`,
  );
}
