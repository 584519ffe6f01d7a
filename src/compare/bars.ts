/**
 * Bars of rows, one below the other, each under its own name and figure: accuracies with whiskers, and wins, ties and
 * losses. Data in, SVG out; the colour of a bar comes from the page as `--c` by its class.
 */

import type { PairTotals } from '../evaluate/pairs.ts';
import { type Content, html, type Markup } from '../report/markup.ts';
import { tickTexts } from '../report/numbers.ts';
import { niceTicks } from '../report/scale.ts';
import type { Measured } from './rows.ts';
import { cut, widthOf } from './width.ts';

/** A bar with what is written above it. */
export interface Bar<Value> {
  label: string;
  /** The figure as text. */
  text: string;
  /** Class that sets `--c`. */
  className: string;
  /** Null draws no bar. */
  value: Value | null;
}

/** Bars of one language; without a title where there is one language only. */
export interface BarSection<Value> {
  title?: string;
  bars: Bar<Value>[];
}

export interface BarsSpec<Value> {
  /** Unique in the page. */
  id: string;
  title: string;
  /** What is to be seen, for those who cannot see it. */
  description: string;
  sections: BarSection<Value>[];
}

/** Pixels of the drawing, which a page may scale. */
const WIDTH = 360;
const SIDE = 8;
const PLOT = WIDTH - 2 * SIDE;
const ROW = 35;
const BAR = 9;
const TITLE = 26;
const AXIS = 22;
/** Least and most pixels of a letter, about. */
const LETTER = 6.6;

const round = (value: number) => Number(value.toFixed(1));
const toX = (share: number) => round(SIDE + Math.min(1, Math.max(0, share)) * PLOT);
const box = (from: number, to: number, y: number) => `M${toX(from)},${y}H${toX(to)}v${BAR}H${toX(from)}z`;

/** The name of a bar, as much of it as its figure leaves room for. */
const labelText = (label: string, text: string) => cut(label, Math.floor(PLOT / LETTER) - widthOf(text) - 2);

/** @param ticks shares of the width with their texts @param draw what stands for a value, its top at `y` */
function drawing<Value>(
  { id, title, description, sections }: BarsSpec<Value>,
  ticks: [place: number, text: string][],
  draw: (value: Value, y: number) => Content,
): Markup {
  const parts: Content[] = [];
  let top = 0;
  for (const section of sections) {
    if (section.title) {
      parts.push(html`<text class="heading" x="${SIDE}" y="${top + 18}">${section.title}</text>
`);
      top += TITLE;
    }
    for (const { label, text, className, value } of section.bars) {
      parts.push(html`<g class="${className}"><text class="name" x="${SIDE}" y="${top + 12}">${labelText(label, text)}</text>
<text class="end" x="${WIDTH - SIDE}" y="${top + 12}">${text}</text>${value && draw(value, top + 19)}</g>
`);
      top += ROW;
    }
  }
  const bottom = top + 4;
  const grid = ticks.map(([place]) => `M${toX(place)},0V${bottom}`).join('');
  return html`<svg viewBox="0 0 ${WIDTH} ${bottom + AXIS}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
<path class="grid" d="${grid}"/>
${parts}<path class="axis" d="M${SIDE},${bottom}H${WIDTH - SIDE}"/>
${ticks.map(([place, text]) => {
  const anchor = place === 0 ? 'start' : place === 1 ? 'end' : 'middle';
  const x = place === 0 ? 0 : place === 1 ? WIDTH : toX(place);
  return html`<text class="${anchor}" x="${x}" y="${bottom + 16}">${text}</text>
`;
})}</svg>`;
}

/** The round share, at most 1, up to which an axis goes that holds all of `shares`. */
export function axisEnd(shares: number[]): number {
  const highest = Math.max(0, ...shares.filter(Number.isFinite));
  return [0.1, 0.2, 0.4, 0.6, 0.8].find((end) => highest <= end) ?? 1;
}

/** Accuracies with their intervals, all on one axis from 0. */
export function accuracyBars(spec: BarsSpec<Measured>): Markup {
  const bars = spec.sections.flatMap((section) => section.bars);
  const end = axisEnd(bars.flatMap(({ value }) => (value ? [value.mean, value.high ?? 0] : [])));
  const values = niceTicks(0, end, 5);
  const texts = tickTexts(
    values.map((value) => Number((100 * value).toPrecision(6))),
    6,
  );
  const ticks = values.map((value, i): [number, string] => [value / end, `${texts[i]} %`]);
  return drawing(spec, ticks, ({ mean, low, high }, y) => {
    const middle = y + BAR / 2;
    const whisker =
      low !== undefined &&
      high !== undefined &&
      `M${toX(low / end)},${middle}H${toX(high / end)}` +
        [low, high].map((edge) => `M${toX(edge / end)},${middle - 4}v8`).join('');
    return html`<path class="bar" d="${box(0, mean / end, y)}"/>${
      whisker && html`<path class="whisker" d="${whisker}"/>`
    }`;
  });
}

/** Wins, ties and losses side by side, in shares of all questions of the bar. */
export function pairBars(spec: BarsSpec<PairTotals>): Markup {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share): [number, string] => [share, `${100 * share} %`]);
  return drawing(spec, ticks, ({ win, tie, loss }, y) => {
    const all = win + tie + loss;
    if (!(all > 0)) return null;
    const edges = [0, win / all, (win + tie) / all, 1];
    return ['win', 'tie', 'loss'].map(
      (className, i) =>
        edges[i + 1] > edges[i] &&
        html`<path class="bar ${className}" d="${box(edges[i], edges[i + 1], y)}"/>`,
    );
  });
}
