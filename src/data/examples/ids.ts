/**
 * Ids are texts. A number is the text of its digits, all of them, so that `1390991500702712081` is one id in JSON, in
 * Parquet and in CSV; `1`, `1.0` and `"1"` are the same id, `"1.0"` and `"01"` are others.
 */
import { plainDigits } from '../read/numbers.ts';
import { type Fail, shown } from './text.ts';

/** The id that a row has in its column; undefined where it has none. */
export function idText(value: unknown, fail: Fail): string | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return plainDigits(String(value));
  const inside = typeof value === 'object' ? '; a field inside an object is named with a dot' : '';
  return fail(`expected a text or a number, got ${shown(value)}${inside}`, 'not an id');
}
