/**
 * What an answer concludes: yes or no, the same or not, who is older. Facts aside; `facts.ts` puts the two together.
 */
import type { Person } from '../world/world.ts';
import { type Lexicon, type Mention, plainText } from './lexicon.ts';
import { type Reading, stands } from './reading.ts';

/** Sentences that only ask, such as an echo of the question, left out. */
const withoutQuestions = (text: string): string =>
  text.trim().replace(/^(?:[^.!?。！？\n]*[?？]\s*)+(?=\S)/u, '');

/** Yes is true, no is false, null where the answer begins with neither. */
export function polarityOf(answer: string, { yes, no }: Reading): boolean | null {
  const text = withoutQuestions(plainText(answer)).replace(/^["'“”‘’«»¡「『\s]+/u, '');
  if (no.test(text)) return false;
  return yes.test(text) ? true : null;
}

/** Whether two people share what was asked: by yes or no, else by the word for the same or different. */
export function sameConclusion(answer: string, reading: Reading): boolean | null {
  const polarity = polarityOf(answer, reading);
  if (polarity !== null) return polarity;
  const text = withoutQuestions(plainText(answer));
  if (reading.different.test(text)) return false;
  return reading.same.test(text) ? true : null;
}

/** Whether every comparison in the answer puts `older` above `younger`, and there is one. */
export function agesConclusion(
  instruction: string,
  answer: string,
  older: Person,
  younger: Person,
  reading: Reading,
  lexicon: Lexicon,
): boolean {
  const text = withoutQuestions(plainText(answer));
  const names = lexicon.mentions(text, [older, younger]).filter(({ relation }) => relation === 'teacher');
  const subjects = names.filter(
    ({ start, end }) => !stands(reading.than, text.slice(0, start), text.slice(end)),
  );
  const conclusions = [
    ...comparisons(text, reading.older, subjects, reading).map((value) => value === older.id),
    ...comparisons(text, reading.younger, subjects, reading).map((value) => value === younger.id),
  ];
  if (conclusions.length > 0) return conclusions.every(Boolean);
  // one name and no comparison: the name answers the question
  const meant = instruction.search(reading.younger) >= 0 ? younger : older;
  const named = new Set(names.map(({ value }) => value));
  return named.size === 1 && named.has(meant.id);
}

/** Whom each match of a comparison is about; null where it is denied or about nobody. */
function comparisons(
  text: string,
  pattern: RegExp,
  names: Mention[],
  { isThen, denies, clauseEnd }: Reading,
): Mention['value'][] {
  return [...text.matchAll(pattern)].map(({ index, 0: match }) => {
    const end = index + match.length;
    const next = names.find(({ start }) => start >= end);
    if (next && isThen.test(text.slice(end, next.start))) return next.value;
    const last = names.findLast((name) => name.end <= index);
    if (!last) return null;
    const between = text.slice(last.end, index).split(clauseEnd).at(-1) as string;
    const after = text.slice(end).split(clauseEnd)[0];
    return stands(denies, between, after) ? null : last.value;
  });
}
