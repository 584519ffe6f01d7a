/**
 * Code-switching, a baseline of the paper: the instruction in one language with the response in the other, both ways
 * round, two sequences a turn. A target instruction answered in the target language is then left to transfer.
 */
import { contextOf, END, prompt, span } from './parts/build.ts';
import { wholeAnswer } from './parts/headings.ts';
import type { Method } from './parts/segment.ts';
import { wording } from './parts/wording.ts';

const method: Method = {
  name: 'code-switching',
  summary: 'answer target instructions in the pivot language, and pivot instructions in the target language',
  spans: ['pivotResponse', 'targetResponse', 'end'],
  languages: ({ target, pivot }) => [target, pivot],

  segments(example, pair) {
    const { target, pivot } = pair;
    const sequence = (turn: number, asked: string, answered: string) => [
      ...prompt(
        wording.respond(answered, pair),
        example.turns[asked][turn].instruction,
        pair,
        contextOf(example, turn, asked, answered),
      ),
      span(answered === pivot ? 'pivotResponse' : 'targetResponse', example.turns[answered][turn].response),
      END,
    ];
    return example.turns[target].flatMap((_, turn) => [
      sequence(turn, target, pivot),
      sequence(turn, pivot, target),
    ]);
  },

  prompt: (instruction, pair, context) =>
    prompt(wording.respond(pair.target, pair), instruction, pair, context),

  answer: wholeAnswer,
};

export default method;
