/** Scores as a table for the terminal, in percent. */
import type { GroupScores, Scores, Shares } from './summary.ts';

const percent = (value: number | null) => (value === null ? '–' : `${(100 * value).toFixed(1)}`);

const COLUMNS = ['rows', 'correct', 'facts', 'language', 'form', 'draft'] as const;
const NAME = 18;
const CELL = 10;

type Column = (typeof COLUMNS)[number];

const cells = (shares: Shares, columns: readonly Column[]) =>
  columns.map((key) => (key === 'rows' ? String(shares.rows) : percent(shares[key])).padStart(CELL)).join('');

function groupLines(
  name: string,
  { accuracy, belief, kinds, ...shares }: GroupScores,
  columns: readonly Column[],
): string[] {
  const interval = accuracy ? `   95 %: ${percent(accuracy.low)}–${percent(accuracy.high)}` : '';
  const lines = [`${name.padEnd(NAME)}${cells(shares, columns)}${interval}`];
  if (name === 'other') lines[0] += '   content not judged';
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

/** One line a group and a kind; drafts only where there are some. */
export function scoreLines(scores: Scores): string[] {
  const drafts = Object.values(scores).some(({ draft }) => draft !== null);
  const columns = COLUMNS.filter((name) => name !== 'draft' || drafts);
  const header = `${'%'.padEnd(NAME)}${columns.map((name) => name.padStart(CELL)).join('')}`;
  return [header, ...Object.entries(scores).flatMap(([name, group]) => groupLines(name, group, columns))];
}
