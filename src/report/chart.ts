/**
 * Curves over steps as an SVG drawing: data in, markup out. Every series has a faint line of what was
 * measured, a clear line of its mean and, where given, marks; its colour comes from the page as `--c` by the
 * series' class.
 */
import { type Content, html, type Markup } from './markup.ts';
import { tickTexts } from './numbers.ts';
import { type Scale, stepScale, type ValueScaleOptions, valueScale } from './scale.ts';
import { drawable, every, everyOf, halfWindow, type Point, smooth, thin } from './thin.ts';

export interface Series {
  /** Class that sets `--c`, the colour. */
  className: string;
  /** As measured, by step. */
  points: Point[];
  /** Single measurements, drawn as shapes. */
  marks?: Point[];
  /** Which shape; see `markPath`. */
  shape?: number;
}

export interface ChartSpec {
  /** Unique in the page. */
  id: string;
  title: string;
  /** What is to be seen, for those who cannot see it. */
  description: string;
  /** Quantity and unit of the upright axis. */
  yLabel: string;
  width: number;
  height: number;
  series: Series[];
  scale?: Omit<ValueScaleOptions, 'most'>;
  /** Draws the measured points alone, with no mean. */
  exact?: boolean;
}

const MARGIN = { top: 26, right: 10, bottom: 24, left: 52 };
/** Pixels that a tick needs. */
const TICK_WIDTH = 76;
const TICK_HEIGHT = 30;
/** Most marks of a series, about; of more, every so many are drawn. */
export const MAX_MARKS = 40;

/**
 * The shapes of marks, so that series differ by more than their colour: circle, square, triangle, diamond,
 * cross.
 */
export function markPath(shape: number, x: number, y: number, size = 4): string {
  const d = size * 1.3;
  const paths = [
    `M${at(x - size, y)}a${size},${size} 0 1,0 ${2 * size},0a${size},${size} 0 1,0 ${-2 * size},0z`,
    `M${at(x - size * 0.9, y - size * 0.9)}h${size * 1.8}v${size * 1.8}h${-size * 1.8}z`,
    `M${at(x, y - size * 1.15)}l${size * 1.15},${size * 2}h${-size * 2.3}z`,
    `M${at(x, y - d)}l${d},${d}l${-d},${d}l${-d},${-d}z`,
    `M${at(x - size, y - size)}l${2 * size},${2 * size}m0,${-2 * size}l${-2 * size},${2 * size}`,
  ];
  return paths[shape % paths.length];
}

const fewMarks = (marks: Point[]) => every(marks, everyOf(marks.length, MAX_MARKS));
const round = (value: number) => Number(value.toFixed(1));
const at = (x: number, y: number) => `${round(x)},${round(y)}`;

/** A path through the points; a single one becomes a dot, as line ends are round. */
function linePath(points: Point[], toX: (x: number) => number, toY: (y: number) => number): string {
  const places = points.map(([x, y]) => at(toX(x), toY(y)));
  if (places.length === 1) return `M${places[0]}h0`;
  return `M${places.join('L')}`;
}

/** The chart, of a fixed size in pixels that a page may scale. */
export function chart(spec: ChartSpec): Markup {
  const { id, title, description, yLabel, width, height } = spec;
  const series = spec.series.map((one) => ({
    ...one,
    points: drawable(one.points),
    marks: fewMarks(drawable(one.marks ?? [])),
  }));
  const all = series.flatMap(({ points, marks }) => [...points, ...marks]);
  const plot = { width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  const lastStep = all.reduce((last, [step]) => Math.max(last, step), 1);
  const most = Math.max(2, Math.floor(plot.height / TICK_HEIGHT));
  const steps = stepScale(lastStep, Math.max(2, Math.floor(plot.width / TICK_WIDTH)));
  const values = valueScale(
    all.map(([, value]) => value),
    { ...spec.scale, most },
  );
  const toX = (step: number) => MARGIN.left + steps.place(step) * plot.width;
  const toY = (value: number) => MARGIN.top + (1 - values.place(value)) * plot.height;
  const line = (points: Point[]) => linePath(points, toX, toY);

  const drawn = series.map(({ className, points, marks, shape = 0 }): Content => {
    const faint = points.length > 0 && !spec.exact;
    const main = spec.exact
      ? thin(points, plot.width / 2)
      : smooth(points, halfWindow(points.length), Math.round(plot.width / 2));
    return html`<g class="${className}">${
      faint && html`<path class="raw" d="${line(thin(points, Math.round(plot.width / 2)))}"/>`
    }${main.length > 0 && html`<path class="mean${main.length === 1 && ' dot'}" d="${line(main)}"/>`}</g>
${
  marks.length > 0 &&
  html`<path class="${className} mark" d="${marks.map(([x, y]) => markPath(shape, toX(x), toY(y))).join('')}"/>
`
}`;
  });
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
<text class="name" x="0" y="12">${yLabel}${values.kind === 'log' && ', logarithmic'}</text>
${axes(values, steps, width, height, toX, toY)}
${drawn}</svg>`;
}

function axes(
  values: Scale,
  steps: Scale,
  width: number,
  height: number,
  toX: (x: number) => number,
  toY: (y: number) => number,
): Content {
  const bottom = height - MARGIN.bottom;
  const right = width - MARGIN.right;
  const lines = values.ticks.map((tick) => `M${at(MARGIN.left, toY(tick))}H${right}`).join('');
  const ends = steps.ticks.map((tick) => `M${at(toX(tick), bottom)}v4`).join('');
  const left = MARGIN.left - 8;
  const below = bottom + 17;
  const valueTexts = tickTexts(values.ticks, 6);
  const stepTexts = tickTexts(steps.ticks, 9);
  return html`<path class="grid" d="${lines}"/>
<path class="axis" d="M${at(MARGIN.left, bottom)}H${right}${ends}"/>
<text class="end" x="${left}" y="${below}">step</text>
${values.ticks.map(
  (tick, i) => html`<text class="end" x="${left}" y="${round(toY(tick) + 4)}">${valueTexts[i]}</text>
`,
)}${steps.ticks.map((tick, i) => {
  const anchor = toX(tick) > right - 16 ? 'end' : 'middle';
  return html`<text class="${anchor}" x="${round(toX(tick))}" y="${below}">${stepTexts[i]}</text>
`;
})}`;
}
