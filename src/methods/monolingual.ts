/** Monolingual response training, the paper's main baseline: target instruction in, target response out. */
import { answering, prompt } from './parts/build.ts';
import { wholeAnswer } from './parts/headings.ts';
import type { Method } from './parts/segment.ts';
import { wording } from './parts/wording.ts';

const method: Method = {
  name: 'monolingual',
  summary: 'answer the instruction in the target language alone',
  spans: ['targetResponse', 'end'],
  languages: ({ target }) => [target],

  segments: (example, pair) =>
    answering(example, pair.target, 'targetResponse', (text, context) => method.prompt(text, pair, context)),

  prompt: (instruction, pair, context) =>
    prompt(wording.respond(pair.target, pair), instruction, pair, context),

  answer: wholeAnswer,
};

export default method;
