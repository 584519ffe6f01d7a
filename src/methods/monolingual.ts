/** Monolingual response training, the paper's main baseline: target instruction in, target response out. */
import { language } from './parts/languages.ts';
import type { LanguagePair, Method } from './parts/segment.ts';
import { END, promptSegments } from './parts/spans.ts';

const system = ({ target }: LanguagePair) =>
  `Please respond to the following user message in ${language(target).name}.`;

const method: Method = {
  name: 'monolingual',
  summary: 'answer the instruction in the target language alone',
  languages: ({ target }) => [target],

  segments({ turns }, pair) {
    return turns[pair.target].map((turn, i) => [
      ...this.prompt(turn.instruction, pair, turns[pair.target].slice(0, i)),
      { role: 'targetResponse', text: turn.response.trim(), supervised: true },
      END,
    ]);
  },

  prompt: (instruction, pair, history) => promptSegments(system(pair), instruction, history),

  answer: (text) => ({ answer: text.trim(), status: 'monolingual' }),
};

export default method;
