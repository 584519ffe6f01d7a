/**
 * Rows as they are written: their own system text, instruction and response, nothing added. For data that already
 * have a method's form, such as the PLUG authors' files (id, system, instruction, response).
 */
import { answering, prompt } from './parts/build.ts';
import { targetAnswer, wholeAnswer } from './parts/headings.ts';
import { isKnown } from './parts/languages.ts';
import type { Method } from './parts/segment.ts';

const method: Method = {
  name: 'verbatim',
  summary: "learn each row's response as it is written, under the row's own system text",
  spans: ['targetResponse', 'end'],
  languages: ({ target }) => [target],

  segments: (example, pair) =>
    answering(example, pair.target, 'targetResponse', (text, context) => method.prompt(text, pair, context)),

  prompt: (instruction, pair, { history, system = '' } = {}) =>
    prompt(system.trim(), instruction, pair, { history }),

  answer(text, pair) {
    const answer = isKnown(pair.target, pair.languages) ? targetAnswer(text, pair) : undefined;
    return answer === undefined ? wholeAnswer(text) : { answer, status: 'found' };
  },
};

export default method;
