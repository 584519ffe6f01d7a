/** The section `method` of a recipe: what is learned, in which languages. */
import { z } from 'zod';
import { LANGUAGES } from '../methods/parts/languages.ts';
import { languageCode, languageExpects } from './languages.ts';

export const method = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .default('plug')
      .describe('Method that makes training text of an example, such as plug or monolingual.'),
    target: z.union([languageCode, z.array(languageCode).min(1)]).meta({
      description:
        `Language that the user writes and is answered in, one of ${Object.keys(LANGUAGES).join(', ')} or your own; ` +
        'several of them for a mixture.',
      expects: `${languageExpects}, or a list of such codes`,
    }),
    pivot: languageCode.default('en').meta({
      description: 'Language that the model thinks in.',
      expects: languageExpects,
    }),
    chat: z
      .enum(['paper', 'model'])
      .default('paper')
      .describe("Chat text around it: the paper's, or that of the chat template among the model's files."),
    translationRate: z
      .number()
      .min(0)
      .max(4)
      .optional()
      .describe('Translation tasks for each turn, on average, in method auxiliary-translation; default 1.'),
  })
  .describe('What is learned');
