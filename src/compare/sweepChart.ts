/**
 * Accuracy over the points of a sweep, a line with a band for each recipe. Points that are numbers over a wide span lie
 * where a logarithm puts them, any others one beside the other. Data in, SVG out.
 */
import { markPath } from '../report/chart.ts';
import { type Content, html, type Markup } from '../report/markup.ts';
import { valueScale } from '../report/scale.ts';
import type { Measured } from './rows.ts';
import { cut, widthOf } from './width.ts';

export interface SweepSeries {
  /** Class that sets `--c`. */
  className: string;
  /** Which mark; see `markPath`. */
  shape: number;
  /** One for each point; null where there is none, which breaks the line. */
  values: (Measured | null)[];
}

export interface SweepSpec {
  /** Unique in the page. */
  id: string;
  title: string;
  description: string;
  /** What is swept. */
  xLabel: string;
  points: string[];
  series: SweepSeries[];
}

/** Pixels of the drawing, which a page may scale. */
const [WIDTH, HEIGHT] = [360, 250];
const MARGIN = { top: 26, right: 18, bottom: 40, left: 52 };
const PLOT = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
const LETTER = 6.6;
/** Numbers that span more than this factor are placed by their logarithm. */
const LOG_RATIO = 4;
/** Most letters under a point. */
const MOST_LETTERS = 14;

const round = (value: number) => Number(value.toFixed(1));

export interface Places {
  kind: 'log' | 'categories';
  /** From 0 to 1, one for each point. */
  places: number[];
}

/** Where the points lie. */
export function placesOf(points: string[]): Places {
  const numbers = points.map((point) => (point.trim() === '' ? Number.NaN : Number(point)));
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  if (least > 0 && Number.isFinite(most) && most > LOG_RATIO * least) {
    return {
      kind: 'log',
      places: numbers.map((number) => Math.log(number / least) / Math.log(most / least)),
    };
  }
  const last = points.length - 1;
  return { kind: 'categories', places: points.map((_, i) => (last > 0 ? i / last : 0.5)) };
}

/** Neighbouring places that have a value, as separate stretches. */
function stretches(order: number[], values: (Measured | null)[]): number[][] {
  const found: number[][] = [[]];
  for (const i of order) {
    if (values[i]) found[found.length - 1].push(i);
    else if (found[found.length - 1].length > 0) found.push([]);
  }
  return found.filter((stretch) => stretch.length > 0);
}

export function sweepChart({ id, title, description, xLabel, points, series }: SweepSpec): Markup {
  const { kind, places } = placesOf(points);
  const order = places.map((_, i) => i).sort((a, b) => places[a] - places[b]);
  const known = series.flatMap(({ values }) => values.filter((value) => value !== null));
  const scale = valueScale(
    known.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]),
    { most: 5, fromZero: true },
  );
  const toX = (i: number) => round(MARGIN.left + places[i] * PLOT.width);
  const toY = (share: number) => round(MARGIN.top + (1 - scale.place(share)) * PLOT.height);
  const path = (stretch: number[], height: (i: number) => number) =>
    stretch.map((i) => `${toX(i)},${toY(height(i))}`).join('L');

  const drawn = series.map(({ className, shape, values }): Content => {
    const value = (i: number) => values[i] as Measured;
    const whole = stretches(order, values);
    const bands = whole
      .filter((stretch) => stretch.length > 1)
      .map((stretch) => {
        const back = path([...stretch].reverse(), (i) => value(i).low ?? value(i).mean);
        return `M${path(stretch, (i) => value(i).high ?? value(i).mean)}L${back}z`;
      });
    // alone, a point has no band to stand in
    const single = whole
      .filter(([i, next]) => next === undefined && value(i).low !== undefined)
      .map(([i]) => `M${toX(i)},${toY(value(i).low as number)}V${toY(value(i).high as number)}`);
    const lines = whole.map((stretch) => `M${path(stretch, (i) => value(i).mean)}`);
    const marks = whole.flat().map((i) => markPath(shape, toX(i), toY(value(i).mean)));
    return html`<g class="${className}">${bands.length > 0 && html`<path class="band" d="${bands.join('')}"/>`}${
      single.length > 0 && html`<path class="mean" d="${single.join('')}"/>`
    }${lines.length > 0 && html`<path class="mean" d="${lines.join('')}"/><path class="mark" d="${marks.join('')}"/>`}</g>
`;
  });
  const bottom = HEIGHT - MARGIN.bottom;
  const right = WIDTH - MARGIN.right;
  const ends = order.map((i) => `M${toX(i)},${bottom}v4`).join('');
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
<text class="name" x="0" y="12">${title}</text>
<path class="grid" d="${scale.ticks.map((tick) => `M${MARGIN.left},${toY(tick)}H${right}`).join('')}"/>
<path class="axis" d="M${MARGIN.left},${bottom}H${right}${ends}"/>
${scale.ticks.map(
  (
    tick,
  ) => html`<text class="end" x="${MARGIN.left - 8}" y="${toY(tick) + 4}">${Number((100 * tick).toPrecision(6))} %</text>
`,
)}${pointTexts(points, order, toX).map(
  ([text, x]) => html`<text class="middle" x="${x}" y="${bottom + 17}">${text}</text>
`,
)}<text class="middle" x="${MARGIN.left + PLOT.width / 2}" y="${HEIGHT - 6}">${cut(xLabel, 40)}${
    kind === 'log' && ', logarithmic'
  }</text>
${drawn}</svg>`;
}

/** The texts under the axis that have room, the first one and as many after it as fit. */
function pointTexts(points: string[], order: number[], toX: (i: number) => number): [string, number][] {
  const most = Math.max(4, Math.min(MOST_LETTERS, Math.floor(PLOT.width / points.length / LETTER)));
  let end = Number.NEGATIVE_INFINITY;
  return order.flatMap((i): [string, number][] => {
    const text = cut(points[i], most);
    const half = (widthOf(text) * LETTER) / 2;
    const x = Math.min(WIDTH - half, toX(i));
    if (x - half < end + LETTER) return [];
    end = x + half;
    return [[text, round(x)]];
  });
}
