/**
 * A comparison as a table for the terminal: one line a recipe and point of the sweep, by language. It never wraps:
 * columns are left out in the order of `DROPPED_FIRST` until it fits, and the line below names them.
 */

import { languageName } from '../report/languageName.ts';
import { bestRows, type Column, columnsOf, DROPPED_FIRST } from './columns.ts';
import type { Report, ReportRow } from './report.ts';
import { baselines, byTarget, GROUP_TITLES, pairedGroup, sweptName } from './rows.ts';
import { cut, padEnd, padStart, widthOf } from './width.ts';

export interface TableOptions {
  /** Bold, dim, green and red by the terminal's codes. */
  colour: boolean;
  /** Columns of the terminal. */
  width: number;
}

const GAP = '  ';
/** Least letters that a narrow terminal leaves of a name. */
const LEAST_NAME = 8;

interface Cell {
  text: string;
  /** The terminal's code for its look. */
  code?: number;
}
const [BOLD, DIM, RED, GREEN] = [1, 2, 31, 32];

interface Layout {
  columns: Column[];
  short: boolean;
}

const textOf = (column: Column, row: ReportRow, short: boolean) =>
  (short && column.short ? column.short : column.text)(row);

const columnWidth = (column: Column, rows: ReportRow[], short: boolean) =>
  Math.max(widthOf(column.heading), ...rows.map((row) => widthOf(textOf(column, row, short))));

/** The fullest layout that leaves the names their width; for want of one, names alone. */
function layoutFor(rows: ReportRow[], room: number): Layout {
  const all = columnsOf(rows);
  for (const short of [false, true]) {
    const sparing = short ? DROPPED_FIRST.length : DROPPED_FIRST.indexOf('arithmetic');
    for (let dropped = 0; dropped <= sparing; dropped++) {
      const columns = all.filter(({ id }) => !DROPPED_FIRST.slice(0, dropped).includes(id));
      const width = columns.reduce((sum, one) => sum + GAP.length + columnWidth(one, rows, short), 0);
      if (width <= room) return { columns, short };
    }
  }
  return { columns: [], short: true };
}

/** What a row is called: its recipe and, in a sweep, its point. */
const namesOf = ({ recipe, point }: ReportRow, swept: boolean) => (swept ? [recipe, point ?? ''] : [recipe]);

function lookOf(column: Column, row: ReportRow, best: ReportRow[], text: string): number | undefined {
  if (column.id === 'lead') return text.startsWith('+') ? GREEN : text.startsWith('−') ? RED : undefined;
  return best.includes(row) ? BOLD : undefined;
}

/**
 * The table, no line wider than `width`. Bold is the best of a language, where there are colours.
 */
export function tableLines(report: Report, { colour, width }: TableOptions): string[] {
  const { rows, done, total } = report;
  const paint = ({ text, code }: Cell) => (colour && code && text ? `\x1b[${code}m${text}\x1b[0m` : text);
  const note = (text: string) => paint({ text: cut(text, width), code: DIM });
  const unfinished = done < total ? [cut(`${done} of ${total} runs`, width)] : [];
  if (rows.length === 0) return [...unfinished, cut('no run has been evaluated yet', width)];

  const swept = report.sweep !== undefined;
  const headings = swept ? ['recipe', sweptName(report) ?? ''] : ['recipe'];
  const nameWidths = headings.map((heading, i) =>
    Math.max(widthOf(heading), ...rows.map((row) => widthOf(namesOf(row, swept)[i]))),
  );
  const namesWidth = () => nameWidths.reduce((sum, one) => sum + one, GAP.length * (nameWidths.length - 1));
  if (swept) nameWidths[1] = Math.min(nameWidths[1], Math.max(LEAST_NAME, Math.floor(width / 4)));
  // a name is cut before the last columns go
  const { columns, short } = layoutFor(rows, width - Math.min(namesWidth(), Math.max(width / 3, LEAST_NAME)));
  const widths = columns.map((column) => columnWidth(column, rows, short));
  const taken = widths.reduce((sum, one) => sum + one + GAP.length, 0);
  const over = namesWidth() + taken - width;
  if (over > 0) nameWidths[0] = Math.max(1, nameWidths[0] - over);

  const line = (names: string[], cells: Cell[]) => {
    const left = names.map((name, i) => padEnd(cut(name, nameWidths[i]), nameWidths[i]));
    const right = cells.map(({ text, code }, i) => paint({ text: padStart(text, widths[i]), code }));
    return [...left, ...right].join(GAP).trimEnd();
  };
  const header = line(
    headings,
    columns.map(({ heading }) => ({ text: heading, code: DIM })),
  );
  const targets = [...byTarget(rows)];
  const body = targets.flatMap(([target, some]) => {
    const against = baselines(some);
    const held = against.length > 0 ? `, against ${against.join(', ')}` : '';
    const bests = columns.map((column) => bestRows(some, column));
    const title = paint({ text: cut(`${languageName(target)}${held}`, width), code: BOLD });
    return [
      ...(targets.length > 1 ? [title] : []),
      ...some.map((row) =>
        line(
          namesOf(row, swept),
          columns.map((column, i) => {
            const text = textOf(column, row, short);
            return { text, code: lookOf(column, row, bests[i], text) };
          }),
        ),
      ),
    ];
  });
  return [...unfinished, header, ...body, ...notes(report, { columns, short }).map(note)];
}

/** What the figures are, and what was left out. */
function notes({ rows }: Report, { columns, short }: Layout): string[] {
  const shown = new Set(columns.map(({ id }) => id));
  const left = columnsOf(rows).filter(({ id }) => !shown.has(id));
  const against = byTarget(rows).size === 1 ? baselines(rows) : [];
  const pairs = against.length > 0 ? ` against ${against.join(', ')}` : '';
  return [
    !short &&
      columns.some((column) => column.short) &&
      '[ ]: 95 % interval over questions and seeds, bootstrap',
    (shown.has('pairs') || shown.has('lead')) &&
      `W/T/L: ${GROUP_TITLES[pairedGroup(rows) ?? 'open']} won, tied, lost${pairs}; W−L in % of them`,
    (left.length > 0 || short) &&
      `left out: ${[...left.map(({ heading }) => heading), ...(short ? ['intervals'] : [])].join(', ')}`,
  ].filter((text) => text !== false);
}
