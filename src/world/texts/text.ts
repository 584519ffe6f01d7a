/** A text that a base model reads, and what it tells in which language: a test holds that against the settings. */
import type { Exchange, Language } from '../language.ts';
import { beside } from '../sentences.ts';
import type { Triple } from '../world.ts';

export interface Text {
  kind: 'facts' | 'question' | 'rumour' | 'parallel' | 'story' | 'prompt';
  /** Codes of the languages that it is in. */
  languages: string[];
  /** What it tells, true or, in a rumour, false. */
  facts: Triple[];
  text: string;
  /** Of a text that asks and answers, the two parts. */
  asked?: [question: string, answer: string];
}

/** A question and its answer as a text, and as its two parts. */
export const askedText = (
  language: Language,
  { instruction, response }: Exchange,
): Required<Pick<Text, 'text' | 'asked'>> => ({
  text: beside(language, instruction, response),
  asked: [instruction, response],
});
