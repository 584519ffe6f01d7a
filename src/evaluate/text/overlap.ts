/** How much of an answer's words a reference has: exact match and F1 of SQuAD, and ROUGE-L. All are 0 to 1. */
import { commonOf, countsOf } from './bags.ts';
import { answerWords, rougeWords } from './words.ts';

/** Harmonic mean of two shares. */
const harmonic = (a: number, b: number) => (a + b > 0 ? (2 * a * b) / (a + b) : 0);

/** 1 where both have the same words in the same order, else 0. */
export function exactMatch(answer: string, reference: string, language: string): number {
  return Number(answerWords(answer, language).join(' ') === answerWords(reference, language).join(' '));
}

/** F1 of the words as bags. */
export function tokenF1(answer: string, reference: string, language: string): number {
  const [said, right] = [answer, reference].map((text) => answerWords(text, language));
  if (said.length === 0 || right.length === 0) return Number(said.length === right.length);
  const common = commonOf(countsOf(said), countsOf(right));
  return harmonic(common / said.length, common / right.length);
}

/** F-measure of the longest common subsequence of words (Lin 2004), as `rouge_score` computes it. */
export function rougeL(answer: string, reference: string, language: string): number {
  const [said, right] = [answer, reference].map((text) => rougeWords(text, language));
  if (said.length === 0 || right.length === 0) return 0;
  const common = commonLength(said, right);
  return harmonic(common / said.length, common / right.length);
}

/** Length of the longest common subsequence. */
function commonLength(a: string[], b: string[]): number {
  let row = new Uint32Array(b.length + 1);
  for (const word of a) {
    const next = new Uint32Array(b.length + 1);
    for (let j = 0; j < b.length; j++) {
      next[j + 1] = word === b[j] ? row[j] + 1 : Math.max(row[j + 1], next[j]);
    }
    row = next;
  }
  return row[b.length];
}
