/**
 * The system prompts, word for word. `interpretAndRespond` and `respond` are those of the PLUG authors' code; the
 * others are ours, in the same manner. Headings stand in the language table, `languages.ts`.
 */
import type { LanguageCode } from './example.ts';
import { language } from './languages.ts';
import type { LanguagePair } from './segment.ts';

const name = (code: LanguageCode) => language(code).name;

export const wording = {
  interpretAndRespond: ({ target, pivot }: LanguagePair) =>
    `Please interpret the instruction in ${name(pivot)}, ` +
    `and then respond both in ${name(pivot)} and in ${name(target)}.`,
  respondInBoth: ({ target, pivot }: LanguagePair) =>
    `Please respond to the instruction both in ${name(pivot)} and in ${name(target)}.`,
  interpretOnly: ({ target, pivot }: LanguagePair) =>
    `Please interpret the instruction in ${name(pivot)}, and then respond in ${name(target)}.`,
  respond: (code: LanguageCode) => `Please respond to the following user message in ${name(code)}.`,
  translate: (from: LanguageCode, to: LanguageCode) =>
    `Please translate the following text from ${name(from)} into ${name(to)}.`,
};

/** True for a system text that a method would write itself: data that come with it do not say it twice. */
export function isOurWording(text: string, pair: LanguagePair): boolean {
  const { interpretAndRespond, respondInBoth, interpretOnly, respond } = wording;
  const whole = [interpretAndRespond, respondInBoth, interpretOnly].map((write) => write(pair));
  return [...whole, respond(pair.target), respond(pair.pivot)].includes(text);
}
