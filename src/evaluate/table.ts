/** Scores as a table for the terminal, in percent. */
import type { GroupScores, Scores, Shares } from './summary.ts';

const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)}`);

const COLUMNS = ['rows', 'correct', 'facts', 'language', 'form', 'draft', 'unanswered'] as const;
const NAME = 18;
const CELL = 10;
/** Of `unanswered`, the longest heading. */
const WIDE = 12;

type Column = (typeof COLUMNS)[number];

const pad = (text: string, column: Column) => text.padStart(column === 'unanswered' ? WIDE : CELL);

function cell(shares: Shares, column: Column): string {
  if (column === 'rows' || column === 'unanswered') return String(shares[column] ?? 0);
  return percent(shares[column]);
}

const cells = (shares: Shares, columns: readonly Column[]) =>
  columns.map((column) => pad(cell(shares, column), column)).join('');

function groupLines(
  name: string,
  { accuracy, belief, kinds, measures, ...shares }: GroupScores,
  columns: readonly Column[],
): string[] {
  const interval = accuracy ? `   95 %: ${percent(accuracy.low)}–${percent(accuracy.high)}` : '';
  const lines = [`${name.padEnd(NAME)}${cells(shares, columns)}${interval}`];
  if (name === 'other') lines[0] += '   content not judged';
  if (measures) {
    const { exact, f1, chrf, rougeL } = measures;
    const parts = Object.entries({ 'exact match': exact, F1: f1, chrF: chrf, 'ROUGE-L': rougeL });
    lines.push(`  ${parts.map(([name, value]) => `${name} ${percent(value)}`).join(', ')}`);
  }
  if (belief) {
    const parts = Object.entries(belief).map(([what, share]) => `${what} ${percent(share)}`);
    lines.push(`  ${parts.join(', ')}`);
  }
  const inner = Object.entries(kinds);
  if (inner.length > 1) {
    for (const [kind, some] of inner) lines.push(`  ${kind.padEnd(NAME - 2)}${cells(some, columns)}`);
  }
  return lines;
}

/** One line a group and a kind; drafts, and what was not answered, only where there are some. */
export function scoreLines(scores: Scores): string[] {
  const drafts = Object.values(scores).some(({ draft }) => draft !== null);
  const unanswered = Object.values(scores).some((group) => (group.unanswered ?? 0) > 0);
  const columns = COLUMNS.filter(
    (name) => (name !== 'draft' || drafts) && (name !== 'unanswered' || unanswered),
  );
  const header = `${'%'.padEnd(NAME)}${columns.map((name) => pad(name, name)).join('')}`;
  return [header, ...Object.entries(scores).flatMap(([name, group]) => groupLines(name, group, columns))];
}
