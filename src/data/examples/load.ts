/**
 * Files to examples: reads the rows, joins them where the languages stand in two files, leaves out what says the
 * same again, takes a sample, and counts every row. Training and `npm run data` load their examples
 * here; what a row is stands in `source.ts`.
 */
import { UserError } from '../../errors.ts';
import { type Example, type LanguageCode, untrainedTurns } from '../../methods/parts/example.ts';
import { displayPath } from '../../paths.ts';
import type { Recipe } from '../../recipe/schema.ts';
import { RowError } from '../read/row.ts';
import { HashSet } from './hashes.ts';
import { duplicateId, joinSources } from './join.ts';
import { quoted } from './layouts.ts';
import { badRowHandler, countRow, countWithoutPartner, emptyRowStats, type RowStats } from './rowStats.ts';
import { sampleOf } from './sample.ts';
import { readSources, type Source } from './source.ts';

export { emptyRowStats, type RowStats } from './rowStats.ts';

/** What decides which examples there are. */
export type DataSource = Pick<
  Recipe['data'],
  'train' | 'pivot' | 'columns' | 'limit' | 'sampling' | 'seed' | 'deduplicate' | 'onBadRow'
> & {
  /** Running text is read: one turn of an empty instruction. */
  textOnly?: boolean;
};

/** The rows of one side alone that hold all of `languages`. */
async function* completeSources(
  rows: AsyncGenerator<Source>,
  languages: LanguageCode[],
  stats: RowStats,
  onBad: (error: RowError) => void,
): AsyncGenerator<Source> {
  const seen = new HashSet();
  for await (const row of rows) {
    const missing = languages.filter((code) => !(code in row.conversations));
    if (missing.length > 0) countWithoutPartner(stats, missing);
    else if (seen.add(row.id)) yield row;
    else onBad(duplicateId(row));
  }
}

/** @throws RowError where the languages do not have the same number of turns */
function exampleOf({ id, place, conversations }: Source, languages: LanguageCode[]): Example {
  const lengths = languages.map((code) => conversations[code].turns.length);
  if (lengths.some((length) => length !== lengths[0])) {
    const got = languages.map((code, i) => `${lengths[i]} in "${code}"`).join(', ');
    throw new RowError(place, `expected as many turns in each language, got ${got}`, 'turns differ');
  }
  const turns = Object.fromEntries(languages.map((code) => [code, conversations[code].turns]));
  const systems = languages.filter((code) => conversations[code].system);
  if (systems.length === 0) return { id, turns };
  return { id, turns, system: Object.fromEntries(systems.map((code) => [code, conversations[code].system])) };
}

/** What two examples must share to be duplicates of each other, with white space folded. */
function contentOf(
  { turns }: Example,
  languages: LanguageCode[],
  deduplicate: 'exact' | 'instruction',
): string {
  const texts =
    deduplicate === 'exact'
      ? languages.flatMap((code) =>
          turns[code].flatMap(({ instruction, response }) => [instruction, response]),
        )
      : turns[languages[0]].map(({ instruction }) => instruction);
  return texts.map((text) => text.normalize('NFC').replace(/\s+/g, ' ').trim()).join('\0');
}

/** Every good example, none twice; `found` is filled with the languages that the files hold. */
async function* distinctExamples(
  data: DataSource,
  languages: LanguageCode[],
  stats: RowStats,
  found: Set<LanguageCode>,
): AsyncGenerator<Example> {
  const onBad = badRowHandler(stats, data.onBadRow);
  const side = { columns: data.columns, textOnly: data.textOnly, stats, found, onBad };
  const joined = data.pivot !== undefined && languages.length > 1;
  const single = joined || languages.length === 1 ? languages[0] : undefined;
  const train = readSources({ ...side, paths: data.train, languages, single });
  const [, ...others] = languages;
  const rows = joined
    ? joinSources(
        train,
        readSources({ ...side, paths: data.pivot as string, languages: others, single: others[0] }),
        languages,
        stats,
        onBad,
      )
    : completeSources(train, languages, stats, onBad);

  const contents = new HashSet();
  for await (const row of rows) {
    let example: Example;
    try {
      example = exampleOf(row, languages);
    } catch (error) {
      if (!(error instanceof RowError)) throw error;
      onBad(error);
      continue;
    }
    const { deduplicate } = data;
    if (deduplicate !== 'off' && !contents.add(contentOf(example, languages, deduplicate))) {
      countRow(stats, 'duplicates');
    } else yield example;
  }
}

/** The error of files that give no example at all. */
function nothingKept(data: DataSource, languages: LanguageCode[], stats: RowStats, found: Set<string>) {
  const files = [data.train, data.pivot ?? []].flat().map(displayPath).join(', ');
  const absent = languages.filter((code) => !found.has(code));
  const counts = [stats.reasons, stats.withoutPartner].flatMap((kinds, i) =>
    Object.entries(kinds).map(([kind, count]) => `${count} ${i === 0 ? kind : `without ${kind}`}`),
  );
  const why =
    stats.read === 0
      ? 'no row'
      : `none of ${stats.read} rows (${counts.join('; ')}); the files have ${quoted([...found].sort())}`;
  const hint = absent.length > 0 && stats.read > 0 ? ' (choose with --method.target and --method.pivot)' : '';
  return new UserError(
    `${files}: expected examples in the languages ${quoted(languages)}, got ${why}${hint}`,
  );
}

/**
 * The examples of `data.train` in each of `languages`, streamed, those of `data.pivot` joined to them. They come in
 * the order of the files (of completion, where joined); `data.limit` takes the first of them or a random sample.
 *
 * @param languages what an example must hold; the first is the target, and the language of a file that has but one
 * @param stats filled as the rows are read
 * @throws RowError for a bad row, where `data.onBadRow` is `stop`
 * @throws UserError when a file cannot be read, its columns are not known, or nothing at all is kept
 */
export async function* readExamples(
  data: DataSource,
  languages: LanguageCode[],
  stats: RowStats,
): AsyncGenerator<Example> {
  const needed = [...new Set(languages)];
  const { limit, sampling, seed } = data;
  const inSample =
    limit !== undefined && sampling === 'random'
      ? await sampleOf(distinctExamples(data, needed, emptyRowStats(), new Set()), limit, seed)
      : undefined;
  const found = new Set<LanguageCode>();
  let kept = 0;
  for await (const example of distinctExamples(data, needed, stats, found)) {
    if (inSample && !inSample(example.id)) {
      countRow(stats, 'notSampled');
      continue;
    }
    kept += 1;
    stats.untrained += untrainedTurns(example).size;
    countRow(stats, 'kept');
    yield example;
    if (!inSample && kept === limit) return;
  }
  if (kept === 0) throw nothingKept(data, needed, stats, found);
}

/** All examples at once; see `readExamples`. */
export async function loadExamples(
  data: DataSource,
  languages: LanguageCode[],
): Promise<{ examples: Example[]; stats: RowStats }> {
  const stats = emptyRowStats();
  const examples: Example[] = [];
  for await (const example of readExamples(data, languages, stats)) examples.push(example);
  return { examples, stats };
}
