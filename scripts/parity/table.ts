/** The rows of the parity run as a Markdown table, followed by why texts were set aside. `run.ts` prints it. */
import type { Row } from './compare.ts';

/** A table that a person can read in a terminal and a page alike. */
export function table(rows: Row[]): string {
  const heads = [
    'tokenizer',
    'compared with',
    'texts',
    'ids',
    'other ids',
    'other text',
    'aside',
    'of these',
  ];
  const cells = rows.map((row) => [
    row.tokenizer,
    row.peer,
    ...[row.texts, row.ids, row.differing, row.decodedDiffering].map((count) => count.toLocaleString('en')),
    row.aside === 0 ? '' : row.aside.toLocaleString('en'),
    row.aside === 0 ? '' : `${row.asideDiffering.toLocaleString('en')} differ`,
  ]);
  const reasons = rows.filter((row) => row.aside > 0).map((row) => `${row.peer}: ${row.why}.`);
  return [
    aligned([heads, ...cells]),
    ...(reasons.length > 0 ? ['Set aside:'] : []),
    ...new Set(reasons),
  ].join('\n');
}

/** Rows of cells as Markdown, columns aligned: the first two to the left, numbers to the right. */
export function aligned(lines: string[][], left = 2): string {
  const widths = lines[0].map((_, column) => Math.max(...lines.map((cells) => cells[column].length)));
  const pad = (cell: string, column: number) =>
    column < left ? cell.padEnd(widths[column]) : cell.padStart(widths[column]);
  const rule = widths.map((width, column) =>
    column < left ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [lines[0].map(pad), rule, ...lines.slice(1).map((cells) => cells.map(pad))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}
