/**
 * The rows of one side, the target's or the pivot's, as what they say in each language. It finds the layout of
 * each file, names the rows and counts the bad ones; `load.ts` makes examples of them, `join.ts` joins two sides.
 */
import { basename } from 'node:path';
import { UserError } from '../../errors.ts';
import type { LanguageCode } from '../../methods/parts/example.ts';
import { displayPath } from '../../paths.ts';
import type { Recipe } from '../../recipe/schema.ts';
import { listFiles } from '../read/files.ts';
import { readFileRows } from '../read/read.ts';
import { type OnBad, type Place, type Row, RowError } from '../read/row.ts';
import { type Conversation, readConversation, saysNothing } from './columns.ts';
import { idText } from './ids.ts';
import { column, fieldOf, findLayout, type Layout, languagesIn, looksLikeRow, quoted } from './layouts.ts';
import { countUnread, type RowStats } from './rowStats.ts';
import type { Fail } from './text.ts';
import { type UnreadFields, unreadFields } from './unread.ts';

/** A row as it is read: whatever it holds of the languages asked for. */
export interface Source {
  id: string;
  place: Place;
  /** What rows are joined by: the id, or the number of the row among all of its side where a file has no ids. */
  key: string;
  keyedBy: 'id' | 'row number';
  conversations: Record<LanguageCode, Conversation>;
}

export interface SourceOptions {
  paths: string | string[];
  columns: Recipe['data']['columns'];
  /** Running text is read, else conversations. */
  textOnly?: boolean;
  /** Languages to read, where a file holds several. */
  languages: LanguageCode[];
  /** Language of a file that holds but one; undefined where such a file cannot do. */
  single: LanguageCode | undefined;
  stats: RowStats;
  /** Filled with the languages that the files hold. */
  found: Set<LanguageCode>;
  onBad: OnBad;
}

/** The id of a row as text; undefined where it has none. */
function idOf(row: Row, { columns }: Layout, place: Place): string | undefined {
  const name = columns.id;
  if (name === undefined) return undefined;
  const fail: Fail = (problem, reason) => {
    throw new RowError(place, `field "${name}": ${problem}`, `${name}: ${reason}`);
  };
  return idText(fieldOf(row, name), fail);
}

/** Names of fields of messages that are not read, as `messages[].tool_calls`. */
function unreadInside(conversations: Record<LanguageCode, Conversation>, { columns }: Layout): Set<string> {
  const list = columns.dialogue ?? columns.history ?? '';
  const names = Object.entries(conversations).flatMap(([code, { unread = [] }]) =>
    unread.map((name) => `${column(list, code)}[].${name}`),
  );
  return new Set(names);
}

function needsPivotFile(path: string, { columns }: Layout, languages: LanguageCode[]): UserError {
  const names = columns.text ?? columns.dialogue ?? `${columns.instruction} with ${columns.response}`;
  return new UserError(
    `${displayPath(path)}: expected the languages ${quoted(languages)}, got a file of one language (${names}); ` +
      `take it as "${languages[0]}" and give the file of "${languages[1]}" with --data.pivot FILE`,
  );
}

/** All rows of the files that are no bad rows, also those that hold none of the languages. */
export async function* readSources(options: SourceOptions): AsyncGenerator<Source> {
  const { languages, single, stats } = options;
  const names = new Map<string, number>();
  let number = 0;
  const onBad: OnBad = (error) => {
    number += 1;
    options.onBad(error);
  };
  for (const path of [options.paths].flat()) {
    for (const file of await listFiles(path)) {
      stats.files.push(file);
      // Files of one name in several folders: their rows need names of their own.
      const count = (names.get(basename(file)) ?? 0) + 1;
      names.set(basename(file), count);
      const name = count > 1 ? `${basename(file)}#${count}` : basename(file);
      let found: { layout: Layout; unread: UnreadFields } | undefined;
      const isRow = (row: Row) => looksLikeRow(row, options.columns, options.textOnly);
      for await (const placed of readFileRows(file, onBad, isRow)) {
        const { row, line } = placed;
        if (!found) {
          const layout = findLayout(options.columns, row, languages, placed, options.textOnly);
          if (!layout.languages && single === undefined) throw needsPivotFile(file, layout, languages);
          for (const code of layout.languages ?? [single as string]) options.found.add(code);
          found = { layout, unread: unreadFields(layout.columns) };
        }
        const { layout: here, unread } = found;
        try {
          const held = here.languages
            ? languages.filter((code) => !saysNothing(row, here.columns, code))
            : [single as string];
          if (held.length < languages.length && here.languages) {
            for (const code of languagesIn(row, here.columns)) options.found.add(code);
          }
          const conversations = Object.fromEntries(
            held.map((code) => [code, readConversation(row, here.columns, code, placed)]),
          );
          const id = idOf(row, here, placed);
          number += 1;
          // A file whose first row has no id, and a later one has, is not joined by the numbers of its rows.
          const byId = here.hasId || id !== undefined;
          countUnread(stats, unreadInside(conversations, here));
          countUnread(stats, unread(row));
          yield {
            id: id ?? `${name}:${line}`,
            place: { path: file, line, unit: placed.unit },
            key: byId ? (id ?? '') : String(number),
            keyedBy: byId ? 'id' : 'row number',
            conversations,
          };
        } catch (error) {
          if (!(error instanceof RowError)) throw error;
          onBad(error);
        }
      }
    }
  }
}
