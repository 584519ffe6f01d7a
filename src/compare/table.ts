/** The terminal's table of a report: a line a recipe, accuracies with their intervals first. */
import type { Report, ReportRow } from './report.ts';

const percent = (share: number) => (100 * share).toFixed(1);

function cellsOf({ recipe, point, groups, cost }: ReportRow): string[] {
  const accuracy = (['open', 'truthfulness', 'arithmetic'] as const).map((group) => {
    const found = groups[group]?.accuracy;
    return found ? `${percent(found.mean)} [${percent(found.low)}, ${percent(found.high)}]` : '–';
  });
  const against = groups.open?.against;
  const pairs = against ? `${against.win}/${against.tie}/${against.loss}` : '';
  return [
    ...[point === undefined ? recipe : `${recipe} ${point}`, ...accuracy, pairs],
    ...[Math.round(cost.trainSeconds), Math.round(cost.tokensGenerated / cost.answers)].map(String),
  ];
}

const HEAD = ['%', 'open', 'truthfulness', 'arithmetic', 'W/T/L open', 'train s', 'tokens/answer'];

export function tableLines({ rows }: Report, _options?: { colour: boolean; width: number }): string[] {
  const lines = [HEAD, ...rows.map(cellsOf)];
  const widths = HEAD.map((_, i) => Math.max(...lines.map((cells) => cells[i].length)));
  return lines.map((cells) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '),
  );
}
