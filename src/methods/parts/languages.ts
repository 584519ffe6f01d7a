/**
 * The language table: all wording that depends on a language. Response headings are those of the PLUG authors' code; the
 * instruction headings are ours. A recipe may add languages and change these (`languages`, docs/languages.md); its table
 * travels with the language pair, so that two recipes in one process may differ.
 */
import { UserError } from '../../errors.ts';
import type { LanguageCode } from './example.ts';

/** System prompts of our own wording, each with the places where names of languages go. */
export const PROMPTS = {
  interpretAndRespond: ['pivot', 'target'],
  respondInBoth: ['pivot', 'target'],
  interpretOnly: ['pivot', 'target'],
  respond: ['language'],
  translate: ['from', 'to'],
} as const;

export type PromptName = keyof typeof PROMPTS;

export interface Language {
  /** Name as system prompts write it: in English, or by the pivot language whose prompts name it. */
  name: string | Record<LanguageCode, string>;
  /** Heading that opens a restated instruction in this language, where it is the pivot. */
  instructionHeading: string;
  /** Heading that opens a response in this language. */
  responseHeading: string;
  /** System prompts where this language is the pivot, `{pivot}`, `{target}` and so on standing for names; English otherwise. */
  prompts?: Partial<Record<PromptName, string>>;
}

/** Languages of a recipe's own, by code. What an entry leaves out is the built-in row's, or follows from the code. */
export type LanguageTable = Record<LanguageCode, Partial<Language>>;

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

/** English name of a language code as the Unicode tables have it, or the code itself. */
export function englishName(code: LanguageCode): string {
  try {
    return new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code;
  } catch {
    return code;
  }
}

/** The fields that are made from the name where an entry of a recipe's table leaves them out. */
export const DERIVED = ['instructionHeading', 'responseHeading'] as const;

/** An entry with nothing left out: from the built-in row, else from the name. */
export function completeLanguage(code: LanguageCode, given: Partial<Language>): Language {
  const known = Object.hasOwn(LANGUAGES, code) ? LANGUAGES[code] : undefined;
  const name = given.name ?? known?.name ?? englishName(code);
  const english = nameFor(name, 'en') ?? englishName(code);
  return {
    instructionHeading: known?.instructionHeading ?? `${english} instruction:`,
    responseHeading: known?.responseHeading ?? `${english} response:`,
    ...given,
    name,
  };
}

/** Whether the language has a row. */
export const isKnown = (code: LanguageCode, own: LanguageTable = {}): boolean =>
  Object.hasOwn(own, code) || Object.hasOwn(LANGUAGES, code);

/** @throws UserError naming the known languages and how to add one */
export function language(code: LanguageCode, own: LanguageTable = {}): Language {
  if (Object.hasOwn(own, code)) return completeLanguage(code, own[code]);
  if (Object.hasOwn(LANGUAGES, code)) return LANGUAGES[code];
  const known = Object.keys({ ...LANGUAGES, ...own }).join(', ');
  throw new UserError(
    `language: expected one of ${known}, got "${code}"; describe it in the recipe, ` +
      `languages: { ${JSON.stringify(code)}: { name: ${JSON.stringify(englishName(code))} } }, ` +
      'or with --languages FILE (docs/languages.md)',
  );
}

const nameFor = (name: Language['name'], pivot: LanguageCode): string | undefined =>
  typeof name === 'string' ? name : name[pivot];

/** How prompts under the pivot language `pivot` call the language `code`. */
export function languageNameIn(code: LanguageCode, pivot: LanguageCode, own?: LanguageTable): string {
  const { name } = language(code, own);
  return nameFor(name, pivot) ?? nameFor(name, 'en') ?? englishName(code);
}
