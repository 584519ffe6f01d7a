/**
 * PLUG (arXiv 2311.08711, section 3): the target instruction in; the pivot instruction, the pivot response and
 * the target response out, all three supervised.
 */
import { language } from './parts/languages.ts';
import type { LanguagePair, Method } from './parts/segment.ts';
import { END, headedSpan, promptSegments, splitAtHeadings, targetAnswer } from './parts/spans.ts';

const system = ({ target, pivot }: LanguagePair) =>
  `Please interpret the instruction in ${language(pivot).name}, ` +
  `and then respond both in ${language(pivot).name} and in ${language(target).name}.`;

const method: Method = {
  name: 'plug',
  summary: 'restate and answer the instruction in the pivot language, then answer in the target language',
  languages: ({ target, pivot }) => [target, pivot],

  segments({ turns }, pair) {
    const { target, pivot } = pair;
    return turns[target].map((turn, i) => [
      ...this.prompt(turn.instruction, pair, turns[target].slice(0, i)),
      headedSpan('pivotInstruction', language(pivot).instructionHeading, turns[pivot][i].instruction, true),
      headedSpan('pivotResponse', language(pivot).responseHeading, turns[pivot][i].response),
      headedSpan('targetResponse', language(target).responseHeading, turn.response),
      END,
    ]);
  },

  prompt: (instruction, pair, history) => promptSegments(system(pair), instruction, history),

  answer(text, pair) {
    const { instructionHeading, responseHeading } = language(pair.pivot);
    const targetHeading = language(pair.target).responseHeading;
    const [pivotInstruction, pivotResponse] = splitAtHeadings(text, [
      instructionHeading,
      responseHeading,
      targetHeading,
    ]);
    const answer = targetAnswer(text, pair);
    return {
      answer: answer ?? '',
      status: answer === undefined ? 'not found' : 'found',
      pivotInstruction,
      pivotResponse,
    };
  },
};

export default method;
