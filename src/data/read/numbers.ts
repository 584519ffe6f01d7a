/**
 * Numbers as text. A JavaScript number holds about 16 digits; ids of 64 bits and long decimals have more. The
 * digits of a number decide whether it becomes a JavaScript number or stays text.
 */

const NUMBER = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Most zeros that are written out before or behind the digits; more than that is written as a power of ten. */
const MOST_ZEROS = 60;

/**
 * The digits of a number as JSON writes it, in one form for each value: no exponent, no `.0`, no zeros at the end of a
 * fraction. `1.0`, `1e0` and `1` are `1`, and `1e3` is `1000`.
 */
export function plainDigits(text: string): string {
  const [, sign, whole, fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  if (whole === undefined) return text;
  const all = whole + fraction;
  let [start, end] = [0, all.length];
  while (start < end && all[start] === '0') start += 1;
  while (end > start && all[end - 1] === '0') end -= 1;
  if (start === end) return '0';
  const digits = all.slice(start, end);
  /** Place of the decimal point, counted from the first digit. */
  const point = whole.length + Number(exponent) - start;
  const zeros = point <= 0 ? -point : point - digits.length;
  if (zeros > MOST_ZEROS) {
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${rest}e${point - 1}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(zeros)}${digits}`;
  if (zeros >= 0) return sign + digits + '0'.repeat(zeros);
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The number that `text` writes, or its plain digits as text where no JavaScript number has just these. */
export function exactNumber(text: string): number | string {
  const digits = plainDigits(text);
  const number = Number(text);
  return plainDigits(String(number)) === digits ? number : digits;
}

/** The decimal number `unscaled` · 10^−`scale`, as Parquet keeps it. */
export function decimalNumber(unscaled: bigint, scale: number): number | string {
  return exactNumber(`${unscaled}e${-scale}`);
}
