/**
 * What is set aside, with its reason: texts that a Python library is known to treat otherwise, by a rule that says
 * beforehand which they are. They are counted, and not held against anyone. `subjects.ts` hands the rules out.
 */
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
