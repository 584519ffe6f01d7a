/**
 * What is set aside, with its reason: texts that a Python library is known to treat otherwise, by a rule that says
 * beforehand which they are. They are counted, and not held against anyone. `subjects.ts` hands the rules out.
 */
import type { Python } from './python.ts';

/** A rule and its reason. */
export interface Aside {
  why: string;
  /** Whether `text`, of which we make `ours` and the peer `theirs`, is set aside. */
  when(text: string, ours: number[], theirs: number[]): boolean;
}

/** transformers 5 orders the merges of a `.model` by id: runs of spaces, last by score, come first. */
export const spacesFirst: Aside = {
  why: 'transformers 5 merges the pieces of a .model by id and not by score, so runs of spaces come first; and it puts no space before a text that begins with one',
  when: (text) => /[ ▁]{2}|^[ ▁]/.test(text),
};

/** Python finds special tokens that are pieces of a Unigram model in text, whatever it is told. */
export function spellsSpecial(tokens: string[]): Aside {
  return {
    why: 'Python finds the special tokens of a Unigram model in text, even with split_special_tokens',
    when: (text) => tokens.some((token) => text.includes(token)),
  };
}

/** Two segmentations of a Unigram whose scores, float32 sums, are equal but for rounding. */
export function tied(scores: number[]): Aside {
  const total = (ids: number[]) => ids.reduce((sum, id) => sum + scores[id], 0);
  return {
    why: 'two ways to cut the text have the same score but for the rounding of float32',
    when: (_, ours, theirs) =>
      Math.abs(total(ours) - total(theirs)) < 1e-3 && String(ours) !== String(theirs),
  };
}

/** Characters newer than the Unicode of Python's regular expressions, or than that of Node. */
export async function newCharacters(python: Python): Promise<Aside> {
  const classes = await python.ask<Record<string, [number, number][]>>({ classes: true });
  const newer = new Set<number>();
  for (const [name, ranges] of Object.entries(classes)) {
    const ours = new RegExp(name === '\\s' ? '\\p{White_Space}' : name, 'u');
    const theirs = new Uint8Array(0x110000);
    for (const [first, end] of ranges) theirs.fill(1, first, end);
    for (let code = 0; code < 0x110000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      if (ours.test(String.fromCodePoint(code)) !== (theirs[code] === 1)) newer.add(code);
    }
  }
  return {
    why: `the text has one of ${newer.size.toLocaleString('en')} characters that Unicode ${process.versions.unicode} (Node) knows as a letter, mark, number or space and the regular expressions of tokenizers do not, or the reverse`,
    when: (text) => [...text].some((char) => newer.has(char.codePointAt(0) as number)),
  };
}
