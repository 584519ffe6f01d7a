/**
 * Pivot-only training, a baseline of the paper: the pivot language's own instructions and responses. Prompts in the
 * target language are then answered zero-shot: nothing in the tuning showed how.
 */
import { answering, prompt } from './parts/build.ts';
import { wholeAnswer } from './parts/headings.ts';
import type { Method } from './parts/segment.ts';
import { wording } from './parts/wording.ts';

const method: Method = {
  name: 'pivot-only',
  summary: 'answer pivot instructions in the pivot language; the target language is left to transfer',
  spans: ['pivotResponse', 'end'],
  languages: ({ pivot }) => [pivot],

  segments: (example, pair) =>
    answering(example, pair.pivot, 'pivotResponse', (text, context) =>
      prompt(wording.respond(pair.pivot, pair), text, pair, context),
    ),

  prompt: (instruction, pair, context) =>
    prompt(wording.respond(pair.target, pair), instruction, pair, context),

  answer: wholeAnswer,
};

export default method;
