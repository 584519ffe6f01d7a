/** The result of a benchmark for a person: the machine, a row a variant, the ratios in words. */
import { formatBytes } from '../runtime/errors.ts';
import { wrap } from '../wrap.ts';
import { machineText } from './machine.ts';
import type { BenchResult } from './runBench.ts';

const WIDTH = 100;
const whole = (value: number) => Math.round(value).toLocaleString('en');

/** Rows of cells in columns: the first to the left, numbers to the right. */
function columns(rows: string[][]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  return rows.map((cells) =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])))
      .join('   ')
      .trimEnd(),
  );
}

export function benchText({ machine, rows, ratios }: BenchResult, rounds: number): string {
  const supervised = rows.some((row) => row.supervisedTokensPerSecond !== undefined);
  const head = ['', 'tokens/s', ...(supervised ? ['supervised/s'] : []), 'peak memory', 'first step'];
  const table = rows.map((row) => [
    row.name,
    whole(row.tokensPerSecond),
    ...(supervised
      ? [row.supervisedTokensPerSecond === undefined ? '' : whole(row.supervisedTokensPerSecond)]
      : []),
    formatBytes(row.peakMemoryBytes),
    `${whole(row.firstStepMs)} ms`,
  ]);
  return [
    ...wrap(machineText(machine), WIDTH),
    ...machine.measured.flatMap((text) => wrap(text, WIDTH)),
    `medians of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
    '',
    ...columns([head, ...table]),
    ...(ratios.length > 0
      ? ['', ...columns(ratios.map(({ name, ratio }) => [name, `${ratio.toFixed(2)} times as fast`]))]
      : []),
    ...(machine.notes.length > 0 ? ['', ...machine.notes.flatMap((text) => wrap(text, WIDTH))] : []),
  ].join('\n');
}
