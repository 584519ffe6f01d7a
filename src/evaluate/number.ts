/** The number that an answer ends on, in the notation of its language: the paper's rule for X-SVAMP. */
import { plainText } from './lexicon.ts';

/** Languages that write 1.234,5 for 1,234.5. */
const COMMA_DECIMALS = new Set(['it', 'es', 'de', 'fr', 'pt', 'nl', 'id', 'tr']);

/** A minus that is no subtraction. */
const MINUS = '(?:(?<![\\d\\p{L})]|[\\d)]\\s)[-−])?';
const POINT = new RegExp(`${MINUS}(?:\\d{1,3}(?:,\\d{3})+(?![\\d])(?:\\.\\d+)?|\\d+(?:\\.\\d+)?)`, 'gu');
const COMMA = new RegExp(`${MINUS}(?:\\d{1,3}(?:[. ]\\d{3})+(?![\\d])(?:,\\d+)?|\\d+(?:[.,]\\d+)?)`, 'gu');

/** The last number of the text; null where there is none. */
export function lastNumber(text: string, code: string): number | null {
  const comma = COMMA_DECIMALS.has(code);
  const last = plainText(text)
    .match(comma ? COMMA : POINT)
    ?.at(-1)
    ?.replace('−', '-');
  if (last === undefined) return null;
  const grouped = /[. ]\d{3}(?:[. ,]|$)/.test(last) && !/^-?0[.,]/.test(last);
  if (!comma) return Number(last.replaceAll(',', ''));
  return Number((grouped ? last.replace(/[. ]/g, '') : last).replace(',', '.'));
}
