/**
 * What a row says in one language, read by the layout of its file: the turns, and a system text of the row's own.
 * `source.ts` calls this row by row.
 */
import type { LanguageCode, Turn } from '../../methods/parts/example.ts';
import { type Place, type Row, RowError } from '../read/row.ts';
import { type Dialogue, readDialogue, readHistory } from './dialogue.ts';
import { type ColumnMap, column, fieldOf } from './layouts.ts';
import { type Fail, filled, optionalText, requiredText, textOrSentences } from './text.ts';

/** A conversation in one language; `system` is the system text of the row itself. */
export type Conversation = Dialogue;

/** Names of the columns of one turn; those of later turns have `turn2_`, … before them. */
function turnColumns(columns: ColumnMap, language: LanguageCode, turn: number) {
  const name = (template: string) => `${turn > 1 ? `turn${turn}_` : ''}${column(template, language)}`;
  return {
    instruction: name(columns.instruction as string),
    response: name(columns.response as string),
    input: columns.input === undefined ? undefined : name(columns.input),
  };
}

/** True where no column that is the language's own says anything. */
export function saysNothing(row: Row, columns: ColumnMap, language: LanguageCode): boolean {
  const { instruction, input, response, dialogue, text, system, history } = columns;
  const empty = (template: string | undefined) =>
    !template?.includes('{lang}') ||
    !(filled(fieldOf(row, column(template, language))) || filled(row[`turn2_${column(template, language)}`]));
  return [instruction, input, response, dialogue, text, system, history].every(empty);
}

/** Instruction and response of turn after turn, an input joined to its instruction by a blank line. */
function readTurns(
  row: Row,
  columns: ColumnMap,
  language: LanguageCode,
  failAt: (name: string) => Fail,
): Turn[] {
  const turns: Turn[] = [];
  for (let turn = 1; ; turn++) {
    const names = turnColumns(columns, language, turn);
    const { instruction, input, response } = names;
    if (turn > 1 && !Object.values(names).some((name) => name && filled(fieldOf(row, name)))) return turns;
    const asked = requiredText(fieldOf(row, instruction), failAt(instruction));
    const more = input ? optionalText(fieldOf(row, input), failAt(input)) : '';
    turns.push({
      instruction: more ? `${asked}\n\n${more}` : asked,
      response: requiredText(fieldOf(row, response), failAt(response)),
    });
  }
}

/**
 * The conversation of a row in `language`.
 *
 * @throws RowError naming the field that is not as it should be
 */
export function readConversation(
  row: Row,
  columns: ColumnMap,
  language: LanguageCode,
  place: Place,
): Conversation {
  const failAt =
    (name: string): Fail =>
    (problem, reason) => {
      throw new RowError(place, `field "${name}": ${problem}`, `${name}: ${reason}`);
    };
  const read = (template: string) => {
    const name = column(template, language);
    return { value: fieldOf(row, name), fail: failAt(name) };
  };
  if (columns.text !== undefined) {
    const { value, fail } = read(columns.text);
    return { turns: [{ instruction: '', response: requiredText(value, fail) }], system: '' };
  }
  const given = columns.system ? read(columns.system) : undefined;
  const system = given ? textOrSentences(given.value, given.fail) : '';
  const { dialogue, history } = columns;
  const joined = (said: Dialogue): Conversation => ({
    ...said,
    system: [system, said.system].filter(Boolean).join('\n\n'),
  });
  if (dialogue !== undefined) {
    const { value, fail } = read(dialogue);
    return joined(readDialogue(value, fail));
  }
  const turns = readTurns(row, columns, language, failAt);
  if (history === undefined) return { turns, system };
  const { value, fail } = read(history);
  const earlier = readHistory(value, fail);
  return joined({ ...earlier, turns: [...earlier.turns, ...turns] });
}
