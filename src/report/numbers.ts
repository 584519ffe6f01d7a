/** Numbers as a person reads them on a report. What is not finite is a dash. */

const DASH = '–';
/** True of a number that is neither infinite nor NaN. */
export const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/** `12345` to `12,345`. */
export function count(value: number | undefined): string {
  return isNumber(value) ? Math.round(value).toLocaleString('en') : DASH;
}

/** A loss, with as many places as one compares: `1.2283`, and `0.00051` where four would show little. */
export function lossText(value: number | undefined): string {
  if (!isNumber(value)) return DASH;
  return value !== 0 && Math.abs(value) < 0.01 ? valueText(Number(value.toPrecision(2))) : value.toFixed(4);
}

/** `1100000` to `1.1 M`. */
export function sizeText(value: number): string {
  if (!isNumber(value)) return DASH;
  for (const [unit, size] of [
    ['B', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    if (value >= size * 0.9995)
      return `${Number((value / size).toPrecision(value < 10 * size ? 2 : 3))} ${unit}`;
  }
  return String(value);
}

/** `331` to `5 min 31 s`, `8050` to `2 h 14 min`. */
export function durationText(seconds: number): string {
  if (!isNumber(seconds)) return DASH;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  if (hours > 0) return `${count(hours)} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${whole % 60} s` : `${whole} s`;
}

/** `0.0005` to `5e−4`. */
const exponential = (value: number) => value.toExponential().replace('e+', 'e').replaceAll('-', '−');

/** A value alone: with an exponent only where zeros would have to be counted. */
export function valueText(value: number): string {
  if (!isNumber(value)) return DASH;
  const size = Math.abs(value);
  if (size > 0 && (size < 1e-3 || size >= 1e7)) return exponential(value);
  return value.toLocaleString('en', { maximumSignificantDigits: 6 }).replace('-', '−');
}

/** The values of one axis, all with an exponent where one of them would be longer than `longest` without. */
export function tickTexts(values: number[], longest: number): string[] {
  const plain = values.map((value) =>
    value.toLocaleString('en', { maximumFractionDigits: 20 }).replace('-', '−'),
  );
  if (plain.every((text) => text.length <= longest)) return plain;
  return values.map((value) => (value === 0 ? '0' : exponential(value)));
}

/** The middle value, or the mean of the middle two; NaN for none. */
export function median(values: number[]): number {
  const sorted = values.filter(isNumber).sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle - 1)] + sorted[Math.floor(middle)]) / 2;
}
