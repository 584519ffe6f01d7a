/** The account of the data, printed before training: what was read, what became of it, what carries a loss. */
import type { DataAccount } from '../train/run.ts';

const n = (count: number) => count.toLocaleString('en');

/** Lines of text. */
export function accountLines({ rows, train, validation }: DataAccount): string[] {
  const skipped = Object.entries(rows.reasons).map(([reason, count]) => `${reason} ${n(count)}`);
  const dropped = [
    train.tooLong > 0 && `longer than maxSeqLen ${n(train.tooLong)}`,
    train.nothingSupervised > 0 && `nothing left to learn ${n(train.nothingSupervised)}`,
  ].filter(Boolean);
  const supervised = Object.values(train.supervised).reduce((sum, count) => sum + count, 0);
  const spans = Object.entries(train.supervised).filter(([, count]) => count > 0);
  const spanText = spans.map(([span, count]) => `${span} ${n(count)}`).join(', ');
  const list = (items: unknown[]) => (items.length > 0 ? ` (${items.join(', ')})` : '');
  const lines = [
    `rows read ${n(rows.read)}, skipped ${n(rows.skipped)}${list(skipped)}`,
    `examples ${n(train.kept)}, dropped ${n(train.sequences - train.kept)}${list(dropped)}, ` +
      `cut ${n(train.truncated)}; held out ${n(validation.kept)}`,
    `tokens ${n(train.tokens)}, supervised ${n(supervised)} (${spanText})`,
  ];
  if (train.tooLong > 0)
    lines.push('to keep the dropped ones: a larger --model.maxSeqLen, or --data.truncation cut');
  return lines;
}
