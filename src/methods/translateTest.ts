/**
 * Translate-test with one model as its own translator (self-translation, arXiv 2308.01223), a baseline of the paper:
 * the instruction is translated into the pivot language, answered there, and the answer translated back. It learns the
 * same texts as PLUG, but each in a sequence of its own, and sees no earlier turns.
 */
import { END, prompt, span } from './parts/build.ts';
import { wholeAnswer } from './parts/headings.ts';
import type { LanguagePair, Method, Pass } from './parts/segment.ts';
import { wording } from './parts/wording.ts';

const passes = (pair: LanguagePair): Pass[] => {
  const { target, pivot } = pair;
  return [
    {
      writes: 'pivotInstruction',
      prompt: (text) => prompt(wording.translate(target, pivot, pair), text, pair),
    },
    { writes: 'pivotResponse', prompt: (text) => prompt(wording.respond(pivot, pair), text, pair) },
    {
      writes: 'targetResponse',
      prompt: (text) => prompt(wording.translate(pivot, target, pair), text, pair),
    },
  ];
};

const method: Method = {
  name: 'translate-test',
  summary: 'translate the instruction, answer it in the pivot language, translate the answer: three passes',
  spans: ['pivotInstruction', 'pivotResponse', 'targetResponse', 'end'],
  languages: ({ target, pivot }) => [target, pivot],

  segments: ({ turns }, pair) =>
    turns[pair.target].flatMap((asked, turn) => {
      const inPivot = turns[pair.pivot][turn];
      const texts = [asked.instruction, inPivot.instruction, inPivot.response, asked.response];
      return passes(pair).map(({ writes, prompt }, i) => [
        ...prompt(texts[i]),
        span(writes, texts[i + 1]),
        END,
      ]);
    }),

  prompt: (instruction, pair) => passes(pair)[0].prompt(instruction),
  passes,
  answer: wholeAnswer,
};

export default method;
