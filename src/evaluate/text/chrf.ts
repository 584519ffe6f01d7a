/**
 * chrF (Popović 2015): the F-score of character n-grams, recall counts twice. Computed as sacrebleu does by default:
 * n-grams of 1 to 6 code points, white space left out, capitals kept. It needs no words, so it suits any language.
 */

import { commonOf, countsOf } from './bags.ts';

const ORDER = 6;
/** Recall counts BETA times as much as precision. */
const BETA = 2;

/** White space as Python has it: that of JavaScript, four separators more, and no byte-order mark. */
const isSpace = (character: string) =>
  (/\s/.test(character) && character !== '\ufeff') || '\x1c\x1d\x1e\x1f\x85'.includes(character);

/** n-grams of an answer and of a reference, and those that both have, by order: [ORDER] each. */
export interface ChrfCounts {
  answer: number[];
  reference: number[];
  common: number[];
}

/** The n-grams of each order, with how often they occur. */
function gramsOf(text: string): Map<string, number>[] {
  const characters = Array.from(text).filter((character) => !isSpace(character));
  return Array.from({ length: ORDER }, (_, i) => {
    const starts = Math.max(0, characters.length - i);
    return countsOf(Array.from({ length: starts }, (_, at) => characters.slice(at, at + i + 1).join('')));
  });
}

const total = (grams: Map<string, number>) => [...grams.values()].reduce((sum, count) => sum + count, 0);

/** Counts against the reference that the answer is nearest to. @param references at least one */
export function chrfCounts(answer: string, references: string[]): ChrfCounts {
  const said = gramsOf(answer);
  let best: ChrfCounts | undefined;
  for (const reference of references) {
    const right = gramsOf(reference);
    const counts: ChrfCounts = {
      // As in sacrebleu, an order for which the reference is too short does not count.
      answer: said.map((grams, i) => (right[i].size > 0 ? total(grams) : 0)),
      reference: right.map(total),
      common: said.map((grams, i) => commonOf(grams, right[i])),
    };
    if (!best || chrfOf([counts]) > chrfOf([best])) best = counts;
  }
  return best as ChrfCounts;
}

/** The score of summed counts, 0 to 1: of one answer, or of all answers of a corpus. */
export function chrfOf(all: ChrfCounts[]): number {
  const sum = (of: 'answer' | 'reference' | 'common', order: number) =>
    all.reduce((total, counts) => total + counts[of][order], 0);
  let [precision, recall, orders] = [0, 0, 0];
  for (let order = 0; order < ORDER; order++) {
    const [answer, reference, common] = [sum('answer', order), sum('reference', order), sum('common', order)];
    // An order that one of both is too short for does not count.
    if (answer === 0 || reference === 0) continue;
    precision += common / answer;
    recall += common / reference;
    orders += 1;
  }
  if (orders === 0) return 0;
  [precision, recall] = [precision / orders, recall / orders];
  if (precision + recall === 0) return 0;
  return ((1 + BETA ** 2) * precision * recall) / (BETA ** 2 * precision + recall);
}
