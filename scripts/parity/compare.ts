/**
 * Counts what agrees and what does not, batch by batch: our ids and text against a peer's, and our own text against
 * the text that was encoded. Pure; `run.ts` feeds it and prints the rows.
 */
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import type { Aside } from './aside.ts';

/** Ids of each text, and the text of these ids. */
export interface Encoded {
  ids: number[][];
  decoded: string[];
}

/** A text on which two sides differ: ids, or text where the ids are equal. */
export interface Difference {
  text: string;
  ours: number[] | string;
  theirs: number[] | string;
}

/** One line of the table. */
export interface Row {
  tokenizer: string;
  /** What it is compared with. */
  peer: string;
  /** Texts compared, and the ids in them. */
  texts: number;
  ids: number;
  /** Texts with other ids, and those whose ids give another text. Either fails the run. */
  differing: number;
  decodedDiffering: number;
  /** Texts that the peer is known to treat otherwise: counted apart, and how many of them do differ. */
  aside: number;
  asideDiffering: number;
  /** Why they are set aside. */
  why?: string;
  /** The first differing texts. */
  examples: Difference[];
}

const shown = 5;

/** A row with nothing counted yet. */
export function newRow(tokenizer: string, peer: string, why?: string): Row {
  const counts = { texts: 0, ids: 0, differing: 0, decodedDiffering: 0, aside: 0, asideDiffering: 0 };
  return { tokenizer, peer, ...counts, why, examples: [] };
}

/** Whether `row` has a difference that fails the run. */
export const failed = (row: Row): boolean => row.differing + row.decodedDiffering > 0;

/** Our ids of `texts`, and their text. */
export async function encodeAll(tokenizer: Tokenizer, texts: string[]): Promise<Encoded> {
  const ids = await idsOf(tokenizer, texts, false);
  return { ids, decoded: ids.map((one) => tokenizer.decode(one)) };
}

/** Ids of `texts`, many at once where the tokenizer takes them so. */
export async function idsOf(tokenizer: Tokenizer, texts: string[], continuing: boolean): Promise<number[][]> {
  const ids = await tokenizer.encodeBatch?.(texts.map((text) => ({ text, continuing })));
  return ids?.map((one) => Array.from(one)) ?? texts.map((text) => tokenizer.encode(text, { continuing }));
}

/** Adds to `row` how `ours` compares with the peer's `theirs`; `aside` tells the texts not held against anyone. */
export function comparePeer(
  row: Row,
  texts: string[],
  ours: Encoded,
  theirs: Encoded,
  aside: Aside['when'] = () => false,
): void {
  texts.forEach((text, i) => {
    const sameIds = sameNumbers(ours.ids[i], theirs.ids[i]);
    if (aside(text, ours.ids[i], theirs.ids[i])) {
      row.aside++;
      if (!sameIds) row.asideDiffering++;
      return;
    }
    row.texts++;
    row.ids += ours.ids[i].length;
    const sameText = ours.decoded[i] === theirs.decoded[i];
    if (!sameIds) {
      row.differing++;
      note(row, { text, ours: ours.ids[i], theirs: theirs.ids[i] });
    } else if (!sameText) {
      row.decodedDiffering++;
      note(row, { text, ours: ours.decoded[i], theirs: theirs.decoded[i] });
    }
  });
}

/**
 * Adds to `row` whether no id is special, for every text; and whether the text comes back, where that is promised.
 */
export function compareText(
  row: Row,
  texts: string[],
  ours: Encoded,
  specialIds: ReadonlySet<number>,
  lossless: (text: string) => boolean,
): void {
  texts.forEach((text, i) => {
    row.texts++;
    row.ids += ours.ids[i].length;
    if (ours.ids[i].some((id) => specialIds.has(id))) {
      row.differing++;
      note(row, { text, ours: ours.ids[i], theirs: 'no special id' });
    } else if (lossless(text) && ours.decoded[i] !== text) {
      row.decodedDiffering++;
      note(row, { text, ours: ours.decoded[i], theirs: text });
    }
  });
}

/** Adds to `row` whether each text, encoded as going on from the one before, gives the two texts joined. */
export async function compareContinuing(
  row: Row,
  texts: string[],
  ours: Encoded,
  tokenizer: Tokenizer,
  lossless: (text: string) => boolean,
): Promise<void> {
  const later = await idsOf(tokenizer, texts, true);
  for (let i = 1; i < texts.length; i++) {
    if (ours.ids[i - 1].length === 0) continue; // nothing to go on from
    if (!lossless(texts[i - 1]) || !lossless(texts[i])) continue;
    const both = [...ours.ids[i - 1], ...later[i]];
    const joined = texts[i - 1] + texts[i];
    row.texts++;
    row.ids += both.length;
    const decoded = tokenizer.decode(both);
    if (decoded === joined) continue;
    row.decodedDiffering++;
    note(row, { text: joined, ours: decoded, theirs: joined });
  }
}

function note(row: Row, difference: Difference): void {
  if (row.examples.length < shown) row.examples.push(difference);
}

function sameNumbers(a: number[], b: number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
