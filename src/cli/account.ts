/** The account of the data in lines of text, printed before training: what was read, what became of it, what carries a loss. */
import type { DataAccount, TargetAccount } from '../data/account.ts';
import { spanName } from '../methods/parts/segment.ts';

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

function targetLines({ rows, train, validation }: TargetAccount): string[] {
  const dropped = [
    train.tooLong > 0 && `longer than maxSeqLen ${n(train.tooLong)}`,
    train.nothingSupervised > 0 && `nothing left to learn ${n(train.nothingSupervised)}`,
  ];
  const others = [
    ...counted({ duplicates: rows.duplicates, 'not sampled': rows.notSampled }),
    ...counted(rows.withoutPartner, (language) => `nothing in ${language}`),
  ];
  const cut = train.truncated > 0 ? ` (${n(train.truncatedTokens)} tokens)` : '';
  return [
    `rows read ${n(rows.read)}, skipped ${n(rows.skipped)}${list(counted(rows.reasons))}` +
      `${others.length > 0 ? `, left out: ${others.join(', ')}` : ''}`,
    `examples ${n(train.kept)}, dropped ${n(train.sequences - train.kept)}${list(dropped)}, ` +
      `cut ${n(train.truncated)}${cut}; held out ${n(validation.kept)}`,
    `tokens ${n(train.tokens)}, supervised ${n(sum(train.supervised))}${list(counted(train.supervised, spanName))}`,
  ];
}

/** Lines of text; one block for each target of a mixture. */
export function accountLines(account: DataAccount): string[] {
  const { targets, packing, train } = account;
  const lines = targets
    ? Object.entries(targets).flatMap(([code, one]) => targetLines(one).map((line) => `${code}: ${line}`))
    : targetLines(account);
  if (packing) {
    const share = (100 * packing.utilisation).toFixed(1);
    lines.push(`packed into ${n(packing.rows)} rows a pass, ${share} % of their places filled`);
  }
  if (train.tooLong > 0)
    lines.push('to keep the dropped ones: a larger --model.maxSeqLen, or --data.truncation cut');
  return lines;
}
