/** Axes: where a value lies between the two ends, and at which round numbers to put ticks. */

export interface Scale {
  kind: 'linear' | 'log';
  min: number;
  max: number;
  /** Ascending, within the ends. */
  ticks: number[];
  /** Place of a value from 0, at the lower end, to 1; what lies outside is put at the end. */
  place(value: number): number;
}

/** A logarithmic axis is chosen where the largest value is more than this many times the smallest. */
const LOG_RATIO = 20;
/** Rounds away the binary dust of `3 * 0.1`. */
const clean = (value: number) => Number(value.toPrecision(12));
const clamp = (share: number) => Math.min(1, Math.max(0, share));
const MULTIPLES = [1, 2, 5];

/** Least distance of 1, 2 or 5 times a power of ten that gives at most `most` steps over `span`. */
function niceStep(span: number, most: number): number {
  const least = span / most;
  const power = 10 ** Math.floor(Math.log10(least));
  return clean(([...MULTIPLES, 10].find((multiple) => multiple * power >= least * (1 - 1e-9)) ?? 10) * power);
}

/** Round numbers from `min` to `max`, at most `most` steps apart from the first to the last. */
export function niceTicks(min: number, max: number, most: number): number[] {
  if (!(max > min)) return [min];
  const step = niceStep(max - min, most);
  const ticks: number[] = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + step * 1e-9; i++) ticks.push(clean(i * step));
  return ticks;
}

/**
 * Powers of ten from `min` to `max`, with their 2- and 5-fold, or 3-fold, where that makes at most `most`
 * ticks.
 */
export function logTicks(min: number, max: number, most: number): number[] {
  const within = (tick: number) => tick >= min * (1 - 1e-9) && tick <= max * (1 + 1e-9);
  const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const every = (gap: number, multiples: number[]) =>
    powers
      .filter((power) => (power - first) % gap === 0)
      .flatMap((power) => multiples.map((multiple) => Number(`${multiple}e${power}`)))
      .filter(within);
  for (const multiples of [MULTIPLES, [1, 3]]) {
    const dense = every(1, multiples);
    if (dense.length <= most) return dense;
  }
  return every(Math.max(1, Math.ceil(powers.length / most)), [1]);
}

function linear(min: number, max: number, ticks: number[]): Scale {
  const place = (value: number) => clamp((value - min) / (max - min));
  return { kind: 'linear', min, max, ticks, place };
}

/** From 0 to the last step. */
export function stepScale(lastStep: number, most: number): Scale {
  const whole = niceTicks(0, lastStep, most).filter(Number.isInteger);
  return linear(0, lastStep, whole);
}

export interface ValueScaleOptions {
  /** Most ticks, about. */
  most: number;
  /**
   * Values below are drawn at this one on a logarithmic axis, and such an axis needs no positive data below
   * it.
   */
  floor?: number;
  /** Never logarithmic, and from 0. */
  fromZero?: boolean;
}

/** An axis for finite `values`, ending at round numbers; logarithmic where they span orders of magnitude. */
export function valueScale(values: number[], { most, floor, fromZero }: ValueScaleOptions): Scale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low <= high)) return linear(0, 1, [0, 1]);
  const lifted = floor === undefined ? low : Math.max(low, floor);
  if (!fromZero && lifted > 0 && high > LOG_RATIO * lifted) return logScale(lifted, high, most);
  if (fromZero || (low > 0 && low < high / 2)) low = Math.min(0, low);
  if (low === high) [low, high] = low === 0 ? [0, 1] : [low - Math.abs(low) / 10, high + Math.abs(high) / 10];
  const step = niceStep(high - low, most);
  const [min, max] = [Math.floor(low / step + 1e-9) * step, Math.ceil(high / step - 1e-9) * step].map(clean);
  return linear(min, max, niceTicks(min, max, Math.ceil(clean((max - min) / step))));
}

function logScale(low: number, high: number, most: number): Scale {
  const down = (value: number) => MULTIPLES.map((m) => m * 10 ** Math.floor(Math.log10(value * 1.000001)));
  const min = clean(Math.max(...down(low).filter((edge) => edge <= low * 1.000001)));
  const edges = [...down(high), 10 * down(high)[0]];
  const max = clean(Math.min(...edges.filter((edge) => edge >= high * 0.999999)));
  const span = Math.log(max / min);
  const place = (value: number) => (value > min ? clamp(Math.log(value / min) / span) : 0);
  return { kind: 'log', min, max, ticks: logTicks(min, max, most), place };
}
