/** The account of a run's data: what was read, what became of it, what carries a loss. Printed, and kept as data.json. */
import type { LanguageCode } from '../methods/parts/example.ts';
import { emptyLoadAccount, type LoadAccount } from './examples/account.ts';
import { type EncodingAccount, emptyEncodingAccount } from './tokens/dataset.ts';

export interface TargetAccount {
  /** Rows of the training files. */
  rows: LoadAccount;
  train: EncodingAccount;
  validation: EncodingAccount;
}

export interface DataAccount extends TargetAccount {
  /** The same for each target language of a mixture; rows that serve several are counted in each. */
  targets?: Record<LanguageCode, TargetAccount>;
  /** Rows of one pass when packed, and the share of their places that holds tokens. */
  packing?: { rows: number; utilisation: number };
}

export const emptyTargetAccount = (): TargetAccount => ({
  rows: emptyLoadAccount(),
  train: emptyEncodingAccount(),
  validation: emptyEncodingAccount(),
});

/** The account over all targets. */
export function totalAccount(targets: Record<LanguageCode, TargetAccount>): DataAccount {
  const all = Object.values(targets);
  const total = all.length === 1 ? all[0] : all.reduce((sum, one) => add(sum, one), emptyTargetAccount());
  return all.length === 1 ? total : { ...total, targets };
}

/** Sums of numbers, key by key; the most of what is a most; each file once. */
function add<T>(a: T, b: T, key = ''): T {
  if (typeof a === 'number')
    return (key.startsWith('max') ? Math.max(a, b as number) : a + (b as number)) as T;
  if (Array.isArray(a)) return [...new Set([...a, ...(b as unknown[])])] as T;
  const [left, right] = [a, b] as Record<string, unknown>[];
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  const entries = [...keys].map((name) => {
    if (!Object.hasOwn(left, name)) return [name, right[name]];
    if (!Object.hasOwn(right, name)) return [name, left[name]];
    return [name, add(left[name], right[name], name)];
  });
  return Object.fromEntries(entries) as T;
}

/** What packing makes of the rows of one pass. */
export function packingOf(
  rows: readonly (readonly number[])[],
  lengths: Int32Array,
  maxSeqLen: number,
): DataAccount['packing'] {
  // The last token of a sequence is only a target and takes no place.
  const tokens = rows.reduce((sum, row) => sum + row.reduce((places, i) => places + lengths[i] - 1, 0), 0);
  return { rows: rows.length, utilisation: tokens / (rows.length * maxSeqLen) };
}
