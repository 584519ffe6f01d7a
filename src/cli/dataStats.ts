/** The data statistics as lines of text, printed before training: rows read, examples kept, tokens with a loss. */
import type { DataStats, TargetStats } from '../data/dataStats.ts';
import { spanName } from '../methods/parts/segment.ts';
import { unusedLine } from './unanswered.ts';

const n = (count: number) => count.toLocaleString('en');
const sum = (counts: Record<string, number>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);
const list = (items: (string | false)[]) => {
  const some = items.filter(Boolean);
  return some.length > 0 ? ` (${some.join(', ')})` : '';
};
/** `name 3` for each that is not 0. */
const counted = (counts: Record<string, number>, name = (key: string) => key) =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([key, count]) => `${name(key)} ${n(count)}`);

/** Where a column that is not used can be given a meaning. */
const COLUMN_FLAG = '--data.columns.NAME says what a column holds';

function targetLines({ rows, train, validation }: TargetStats): string[] {
  const dropped = [
    train.tooLong > 0 && `${n(train.tooLong)} longer than maxSeqLen`,
    train.nothingSupervised > 0 && `${n(train.nothingSupervised)} with nothing left to learn`,
  ];
  const others = [
    ...counted({ duplicates: rows.duplicates, 'not sampled': rows.notSampled }),
    ...counted(rows.withoutPartner, (language) => `nothing in ${language}`),
  ];
  const unread = Object.entries(rows.unread).sort(([, a], [, b]) => b - a);
  const cut = train.truncated > 0 ? ` (${n(train.truncatedTokens)} tokens)` : '';
  return [
    `rows read ${n(rows.read)}, skipped ${n(rows.skipped)}${list(counted(rows.reasons))}` +
      `${others.length > 0 ? `, left out: ${others.join(', ')}` : ''}`,
    ...(unread.length > 0 ? [unusedLine(unread, COLUMN_FLAG)] : []),
    ...(rows.untrained > 0 ? [`turns read but not learned, as their weight is 0: ${n(rows.untrained)}`] : []),
    `examples ${n(train.kept)}, dropped ${n(train.sequences - train.kept)}${list(dropped)}, ` +
      `cut ${n(train.truncated)}${cut}; held out ${n(validation.kept)}`,
    `tokens ${n(train.tokens)}, supervised ${n(sum(train.supervised))}${list(counted(train.supervised, spanName))}`,
  ];
}

/** Lines of text; one block for each target of a mixture. */
export function dataStatsLines(dataStats: DataStats): string[] {
  const { targets, packing, train } = dataStats;
  const lines = targets
    ? Object.entries(targets).flatMap(([code, one]) => targetLines(one).map((line) => `${code}: ${line}`))
    : targetLines(dataStats);
  if (packing) {
    const share = (100 * packing.utilisation).toFixed(1);
    lines.push(`packed into ${n(packing.rows)} rows a pass, ${share} % of their places filled`);
  }
  if (train.tooLong > 0)
    lines.push('to keep the dropped ones: a larger --model.maxSeqLen, or --data.truncation cut');
  return lines;
}
