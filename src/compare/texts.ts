/** Figures of a comparison as text, the same in the terminal and on the page. What is missing is a dash. */
import type { PairTotals } from '../evaluate/pairs.ts';
import { isNumber } from '../report/numbers.ts';
import type { Cost } from './report.ts';
import type { Measured } from './rows.ts';

export const DASH = '–';

/** `0.5432` to `54.3`. */
const inHundred = (share: number) => (100 * share).toFixed(1);

/** `0.5432` to `54.3 %`. */
export const percentText = (share: number | null | undefined) =>
  isNumber(share) ? `${inHundred(share)} %` : DASH;

/** `54.3 % [50.1, 58.6]`; without an interval, `54.3 %`. */
export function measuredText(measured: Measured | null): string {
  if (!measured) return DASH;
  const { mean, low, high } = measured;
  const interval = isNumber(low) && isNumber(high) ? ` [${inHundred(low)}, ${inHundred(high)}]` : '';
  return percentText(mean) + interval;
}

/** Wins, ties and losses, as `120/60/20`. */
export const pairText = (pairs: PairTotals | undefined) =>
  pairs ? [pairs.win, pairs.tie, pairs.loss].map((n) => (isNumber(n) ? String(n) : DASH)).join('/') : DASH;

/** Wins less losses in percent of the questions; NaN where there is none. */
export const leadOf = (pairs: PairTotals | undefined) =>
  pairs && pairs.win + pairs.tie + pairs.loss > 0
    ? (100 * (pairs.win - pairs.loss)) / (pairs.win + pairs.tie + pairs.loss)
    : Number.NaN;

/** `12.5` to `+12.5`. */
export function signedText(value: number): string {
  if (!isNumber(value)) return DASH;
  const text = Math.abs(value).toFixed(1);
  if (text === '0.0') return text;
  return `${value < 0 ? '−' : '+'}${text}`;
}

/** Tokens written for one answer. */
export const tokensPerAnswer = (cost: Cost | undefined) =>
  cost && cost.answers > 0 ? cost.tokensGenerated / cost.answers : Number.NaN;
