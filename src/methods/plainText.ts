/**
 * Running text, every token of it: the next-token loss of pretraining, and of going on with it in a language. What is
 * asked of such a model is text to continue.
 */
import { END, span } from './parts/build.ts';
import { wholeAnswer } from './parts/headings.ts';
import type { Method } from './parts/segment.ts';

const method: Method = {
  name: 'plain-text',
  summary: 'continue running text: a loss on every token',
  textOnly: true,
  spans: ['targetResponse', 'end'],
  languages: ({ target }) => [target],

  segments: ({ turns }, { target }) => [[span('targetResponse', turns[target][0].response), END]],

  prompt: (text) => [{ role: 'targetResponse', text, supervised: false }],

  answer: wholeAnswer,
};

export default method;
