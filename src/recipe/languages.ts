/**
 * Languages of a recipe's own: `languages: { de: { name: 'German' } }` in the recipe, or a JSON file with the same table
 * (`--languages FILE`, languageFile.ts). The check completes each entry, so that the stored recipe holds every field.
 */
import { z } from 'zod';
import {
  completeLanguage,
  isKnown,
  type Language,
  type LanguageTable,
  language,
  PROMPTS,
  type PromptName,
} from '../methods/parts/languages.ts';

export const languageCode = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]+)*$/)
  .meta({ expects: 'a language code such as "de" or "pt-BR"' });
export const languageExpects = 'a language code such as "ko"';

const name = z
  .string()
  .regex(/^\S(.*\S)?$/)
  .meta({ expects: 'a name on one line' });
const heading = z
  .string()
  .regex(/^\S(.*\S)?$/)
  .meta({ expects: 'a heading on one line, without spaces at its ends' });

/** A system prompt with at least one of its placeholders, and no other. */
function promptOf(prompt: PromptName) {
  const places: readonly string[] = PROMPTS[prompt];
  const expects = `a text with ${places.map((place) => `{${place}}`).join(' and ')}`;
  return z
    .string()
    .optional()
    .refine((text = '') => {
      const found = Array.from(text.matchAll(/\{(.*?)\}/g), ([, place]) => place);
      return text === '' || (found.length > 0 && found.every((place) => places.includes(place)));
    }, `must be ${expects}`)
    .meta({ expects });
}

const prompts = z.strictObject({
  interpretAndRespond: promptOf('interpretAndRespond'),
  respondInBoth: promptOf('respondInBoth'),
  interpretOnly: promptOf('interpretOnly'),
  respond: promptOf('respond'),
  translate: promptOf('translate'),
} satisfies Record<PromptName, z.ZodType>);

const entry = z.strictObject({
  name: z
    .union([name, z.record(languageCode, name)])
    .meta({ expects: 'a name such as "German", or names by pivot language: { en: "German", es: "alemán" }' })
    .optional(),
  instructionHeading: heading.optional(),
  responseHeading: heading.optional(),
  prompts: prompts.optional(),
});

const table = z.record(languageCode, entry);

const complete = (given: LanguageTable): Record<string, Language> =>
  Object.fromEntries(Object.entries(given).map(([code, some]) => [code, completeLanguage(code, some)]));

/** The key `languages` of a recipe. */
export const languages = table
  .transform(complete)
  .optional()
  .meta({
    description:
      'Languages of your own, or other wording of a built-in one, by code: name, instructionHeading, responseHeading, ' +
      'prompts. On the command line a JSON file with that table (docs/languages.md).',
    expects: 'a table by language code: { de: { name: "German", responseHeading: "Antwort auf Deutsch:" } }',
  });

interface Wanted {
  languages?: Record<string, Language>;
  method: { target: string | string[]; pivot: string };
}

/** Refuses a target heading that is part of a pivot heading: an answer is what follows the first target heading. */
export function refuseHeadings({ languages: own, method }: Wanted, context: z.RefinementCtx): void {
  if (!own || context.issues.length > 0) return;
  for (const target of [method.target].flat()) {
    if (target === method.pivot || (!Object.hasOwn(own, target) && !Object.hasOwn(own, method.pivot)))
      continue;
    // A language without a row is an error only where a method needs its row.
    if (!isKnown(method.pivot, own) || !isKnown(target, own)) continue;
    const { instructionHeading, responseHeading } = language(method.pivot, own);
    const response = language(target, own).responseHeading;
    const clash = [instructionHeading, responseHeading].find((one) => one.includes(response));
    if (clash === undefined) continue;
    const at = Object.hasOwn(own, target) ? target : method.pivot;
    context.addIssue({
      code: 'custom',
      path: ['languages', at, 'responseHeading'],
      message: `must differ, for ${target} it is ${JSON.stringify(response)}, which is part of the heading ${JSON.stringify(clash)} of ${method.pivot}`,
    });
  }
}
