/**
 * Monolingual training with auxiliary translation tasks, a baseline of the paper: besides answering in the target
 * language, the model translates instructions and responses, both ways. `translationRate` is the number of such tasks
 * a turn, on average; which of the four a turn gets follows from its id.
 */
import { hashShare } from '../hash.ts';
import monolingual from './monolingual.ts';
import { END, prompt, span } from './parts/build.ts';
import type { Example } from './parts/example.ts';
import type { LanguagePair, Method, Role } from './parts/segment.ts';
import { wording } from './parts/wording.ts';

/** A translation of one field; the span is the one that PLUG would train with the same text. */
const TASKS = [
  { field: 'response', into: 'target', role: 'targetResponse' },
  { field: 'instruction', into: 'pivot', role: 'pivotInstruction' },
  { field: 'instruction', into: 'target', role: 'targetResponse' },
  { field: 'response', into: 'pivot', role: 'pivotResponse' },
] as const satisfies { field: string; into: string; role: Role }[];

function translation({ turns }: Example, turn: number, task: (typeof TASKS)[number], pair: LanguagePair) {
  const [from, to] = task.into === 'target' ? [pair.pivot, pair.target] : [pair.target, pair.pivot];
  return [
    ...prompt(wording.translate(from, to, pair), turns[from][turn][task.field], pair),
    span(task.role, turns[to][turn][task.field]),
    END,
  ];
}

const method: Method = {
  name: 'auxiliary-translation',
  summary: 'answer in the target language, and translate instructions and responses besides',
  spans: ['pivotInstruction', 'pivotResponse', 'targetResponse', 'end'],
  languages: ({ target, pivot }) => [target, pivot],

  segments(example, { translationRate = 1, ...pair }) {
    return monolingual.segments(example, pair).flatMap((answering, turn) => {
      const place = hashShare(`translate ${example.id} ${turn}`);
      const first = Math.floor(place * TASKS.length);
      const count = Math.floor(translationRate + ((place * TASKS.length) % 1)); // the fraction decides the last one
      const tasks = Array.from({ length: count }, (_, i) => TASKS[(first + i) % TASKS.length]);
      return [answering, ...tasks.map((task) => translation(example, turn, task, pair))];
    });
  },

  prompt: monolingual.prompt,
  answer: monolingual.answer,
};

export default method;
