/**
 * Whether an answer has the form that was asked for: one word, the number alone, "name: value", two sentences; for
 * the other rows of the world a sentence or two; for any row, an answer that is there and was not cut off.
 */
import type { World } from '../world/world.ts';
import { formsOf, plainText } from './lexicon.ts';
import type { Reading } from './reading.ts';
import { READINGS } from './readings/index.ts';
import type { EvaluationRow } from './row.ts';

/** What was generated, as far as its form goes. */
export interface Written {
  answer: string;
  /** `length` where no end token came. */
  stopped?: 'end' | 'length';
}

/** Sentences of an answer that need not be one: a yes or no, and the fact. */
const MOST_SENTENCES = 2;

const bare = (text: string) =>
  plainText(text)
    .trim()
    .replace(/^["'“”‘’«»「『]+|["'“”‘’«»」』.。!！]+$/gu, '')
    .trim();

/** Number of sentences: ends that a space, a Han letter or nothing follows, and lines. */
export function sentenceCount(text: string): number {
  return plainText(text)
    .split(/(?<=[.!?]["'”’»]?)\s+|(?<=[。！？]["'”’」』]?)|\n+/u)
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence)).length;
}

/** True for one line without white space or punctuation, which a language without spaces must have in its lexicon. */
function isOneWord(text: string, forms: Set<string>, spaced: boolean): boolean {
  const word = bare(text);
  return word !== '' && !/[\s,;:，；：、]/.test(word) && (spaced || forms.has(word));
}

/** True for the full name of a person, a colon and the value alone. */
function isNamed(text: string, forms: Set<string>, reading: Reading, people: Set<string>): boolean {
  const [name, value, ...more] = plainText(text).split(/[:：]/);
  if (value === undefined || more.length > 0) return false;
  const word = bare(value).replace(reading.article, '').toLowerCase();
  const key = bare(name).replace(/[·・•‧\s]/g, '');
  return people.has(key) && forms.has(word);
}

/** Judges the form of answers in one language. Rows of other worlds, and of none, need only be answered. */
export function makeFormJudge(world: World, code: string): (row: EvaluationRow, written: Written) => boolean {
  const reading = READINGS[code];
  const people = new Set(
    reading ? world.people.map(({ name }) => name[reading.world.script].replace(/[·\s]/g, '')) : [],
  );
  const known = new Map<string, Set<string>>();
  const forms = (relation: NonNullable<EvaluationRow['facts']>[number][1]) => {
    const set =
      known.get(relation) ?? new Set(formsOf(world, reading, relation).map((form) => form.toLowerCase()));
    known.set(relation, set);
    return set;
  };
  return ({ kind, facts, instruction }, { answer, stopped }) => {
    if (answer.trim() === '' || stopped === 'length') return false;
    if (!kind || kind === 'arithmetic' || !facts || !reading) return true;
    const { world: language } = reading;
    const lines = answer.trim().split(/\n+/).length;
    if (kind === 'describe') return sentenceCount(answer) === 2;
    // a list may be one
    if (kind === 'list')
      return Math.max(lines, sentenceCount(answer)) <= Math.max(MOST_SENTENCES, facts.length);
    if (kind !== 'form') return lines === 1 && sentenceCount(answer) <= MOST_SENTENCES;
    const [[, relation]] = facts;
    if (instruction.includes(language.numberOnly)) return /^\d+$/.test(bare(answer));
    if (instruction.includes(language.oneWord)) {
      const spaced = language.script !== 'han';
      return isOneWord(answer, forms(relation), spaced);
    }
    return isNamed(answer, forms(relation), reading, people);
  };
}
