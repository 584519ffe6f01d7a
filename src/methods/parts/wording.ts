/**
 * The system prompts, word for word. `interpretAndRespond` and `respond` are those of the PLUG authors' code; the
 * others are ours, in the same manner. They are English unless the pivot language has prompts of its own. Headings are
 * in the language table, `languages.ts`.
 */
import type { LanguageCode } from './example.ts';
import { isKnown, language, languageNameIn, type PromptName } from './languages.ts';
import type { LanguagePair } from './segment.ts';

const ENGLISH: Record<PromptName, string> = {
  interpretAndRespond:
    'Please interpret the instruction in {pivot}, and then respond both in {pivot} and in {target}.',
  respondInBoth: 'Please respond to the instruction both in {pivot} and in {target}.',
  interpretOnly: 'Please interpret the instruction in {pivot}, and then respond in {target}.',
  respond: 'Please respond to the following user message in {language}.',
  translate: 'Please translate the following text from {from} into {to}.',
};

/** The prompt `prompt` with the names of the languages in `codes` put in their places. */
function written(prompt: PromptName, codes: Record<string, LanguageCode>, pair: LanguagePair): string {
  const { pivot, languages } = pair;
  // An unknown pivot is an error only where a prompt needs its name.
  const own = languages && Object.hasOwn(languages, pivot) ? language(pivot, languages).prompts : undefined;
  return (own?.[prompt] ?? ENGLISH[prompt]).replace(/\{(\w+)\}/g, (_, place: string) =>
    languageNameIn(codes[place], pivot, languages),
  );
}

const bothNamed =
  (prompt: PromptName) =>
  (pair: LanguagePair): string =>
    written(prompt, { pivot: pair.pivot, target: pair.target }, pair);

export const wording = {
  interpretAndRespond: bothNamed('interpretAndRespond'),
  respondInBoth: bothNamed('respondInBoth'),
  interpretOnly: bothNamed('interpretOnly'),
  respond: (code: LanguageCode, pair: LanguagePair) => written('respond', { language: code }, pair),
  translate: (from: LanguageCode, to: LanguageCode, pair: LanguagePair) =>
    written('translate', { from, to }, pair),
};

/** True for a system text that a method would write itself: data that come with it do not say it twice. */
export function isOurWording(text: string, pair: LanguagePair): boolean {
  if (![pair.target, pair.pivot].every((code) => isKnown(code, pair.languages))) return false;
  const { interpretAndRespond, respondInBoth, interpretOnly, respond } = wording;
  const whole = [interpretAndRespond, respondInBoth, interpretOnly].map((write) => write(pair));
  return [...whole, respond(pair.target, pair), respond(pair.pivot, pair)].includes(text);
}
