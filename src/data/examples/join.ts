/**
 * Joins the rows of `data.train` with those of `data.pivot`, which hold what the former lack. Both are read in
 * lockstep and only rows whose partner has not come yet are held: nearly none where the files are aligned.
 */
import { UserError } from '../../errors.ts';
import type { LanguageCode } from '../../methods/parts/example.ts';
import { displayPath } from '../../paths.ts';
import { type OnBad, RowError } from '../read/row.ts';
import { HashSet } from './hashes.ts';
import { countWithoutPartner, type RowStats } from './rowStats.ts';
import type { Source } from './source.ts';

interface Side {
  rows: AsyncGenerator<Source>;
  /** Rows whose partner has not come, by key. */
  waiting: Map<string, Source>;
  seen: HashSet;
  done: boolean;
}

const sideOf = (rows: AsyncGenerator<Source>): Side => ({
  rows,
  waiting: new Map(),
  seen: new HashSet(),
  done: false,
});

/** The error of a row whose id came before. */
export function duplicateId({ id, place }: Source): RowError {
  const problem = `expected an id that no earlier row has, got ${JSON.stringify(id)} again`;
  return new RowError(place, problem, 'duplicate id');
}

/** The rows that have all of `languages` once joined, in the order in which they come to be complete. */
export async function* joinSources(
  target: AsyncGenerator<Source>,
  pivot: AsyncGenerator<Source>,
  languages: LanguageCode[],
  stats: RowStats,
  onBad: OnBad,
): AsyncGenerator<Source> {
  const sides = [sideOf(target), sideOf(pivot)];
  const [train, other] = sides;
  let first: Source | undefined;
  const missing = ({ conversations }: Source) => languages.filter((code) => !(code in conversations));

  /** A row that no partner will complete. */
  const leave = (row: Source, side: Side) =>
    countWithoutPartner(stats, side === train ? missing(row) : [languages[0]]);

  /** The row of `data.train` that is complete now, if any. */
  const take = (row: Source, side: Side): Source | undefined => {
    first ??= row;
    if (row.keyedBy !== first.keyedBy) throw mixedKeys(first, row);
    const needs = missing(row);
    if (side === train ? needs.includes(languages[0]) : needs.length === languages.length) {
      countWithoutPartner(stats, side === train ? [languages[0]] : languages.slice(1));
      return undefined;
    }
    if (row.key === '') {
      onBad(new RowError(row.place, 'expected an id to join rows by, got none', 'id: missing'));
      return undefined;
    }
    if (!side.seen.add(row.key)) {
      onBad(duplicateId(row));
      return undefined;
    }
    if (side === train && needs.length === 0) return row;
    const against = side === train ? other : train;
    const partner = against.waiting.get(row.key);
    if (partner) {
      against.waiting.delete(row.key);
      const [mine, theirs] = side === train ? [row, partner] : [partner, row];
      const joined = { ...mine, conversations: { ...theirs.conversations, ...mine.conversations } };
      if (missing(joined).length === 0) return joined;
      leave(joined, train);
    } else if (side === other && train.seen.has(row.key)) {
      // Its partner was complete by itself, and has been counted.
    } else if (against.done) leave(row, side);
    else side.waiting.set(row.key, row);
    return undefined;
  };

  try {
    for (let turn = 0; sides.some(({ done }) => !done); turn = 1 - turn) {
      const side = sides[turn];
      if (side.done) continue;
      const next = await side.rows.next();
      if (!next.done) {
        const complete = take(next.value, side);
        if (!complete) continue;
        const { key, keyedBy } = complete;
        yield keyedBy === 'id' ? complete : { ...complete, id: key };
        continue;
      }
      side.done = true;
      const against = sides[1 - turn];
      for (const row of against.waiting.values()) leave(row, against);
      against.waiting.clear();
    }
  } finally {
    await Promise.all(sides.map(({ rows }) => rows.return(undefined)));
  }
}

/** The error of files of which some have ids, and some have not. */
function mixedKeys(a: Source, b: Source): UserError {
  const [named, unnamed] = a.keyedBy === 'id' ? [a, b] : [b, a];
  return new UserError(
    `${displayPath(unnamed.place.path)}: expected ids to join rows by, as in ${displayPath(named.place.path)}, ` +
      'got rows without; name their column with --data.columns.id, or leave ids out on both sides to join by row number',
  );
}
