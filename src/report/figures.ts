/**
 * The figures of a run, from its metrics: loss by span with validation, learning rate and gradient norm.
 * Decides what is drawn and says so under it; how a curve is drawn is `chart.ts`.
 */
import { SPANS, type Span, spanName } from '../methods/parts/segment.ts';
import { type ChartSpec, chart, MAX_MARKS, markPath, type Series } from './chart.ts';
import { type Content, html, type Markup } from './markup.ts';
import { count, lossText, valueText } from './numbers.ts';
import type { StepRecord } from './records.ts';
import { drawable, everyOf, halfWindow, type Point } from './thin.ts';

/** Lower losses are drawn at this one: a token of probability 0.999. */
export const LOSS_FLOOR = 0.001;
const COLOURS = 6;

/** The spans that occur, in the order of the methods, then any that these do not know. */
export function spansOf(metrics: StepRecord[]): string[] {
  const found = new Set<string>();
  for (const { spanLoss, validation } of metrics) {
    for (const span in spanLoss) found.add(span);
    for (const span in validation?.spanLoss) found.add(span);
  }
  const known = SPANS.filter((span) => found.has(span));
  return [...known, ...[...found].filter((span) => !SPANS.includes(span as Span))];
}

/** Number of a span in colours and shapes, the same wherever it is shown. */
function numberOf(span: string, spans: string[]): number {
  const known = SPANS.indexOf(span as Span);
  return known >= 0 ? known : SPANS.length + spans.indexOf(span);
}

/** Class that gives a span its colour. */
export const spanClass = (span: string, spans: string[]) => `c${numberOf(span, spans) % COLOURS}`;

function lossSeries(metrics: StepRecord[], spans: string[]): Series[] {
  return spans.map((span) => ({
    className: spanClass(span, spans),
    shape: numberOf(span, spans),
    points: metrics.map(({ step, spanLoss }): Point => [step, spanLoss?.[span] ?? Number.NaN]),
    marks: metrics.map(({ step, validation }): Point => [step, validation?.spanLoss?.[span] ?? Number.NaN]),
  }));
}

function legend(spans: string[]): Markup {
  const swatch = (span: string) =>
    html`<svg class="swatch" viewBox="0 0 28 12" aria-hidden="true"><g class="${spanClass(
      span,
      spans,
    )}"><path class="mean" d="M1,6H27"/><path class="mark" d="${markPath(numberOf(span, spans), 14, 6)}"/></g></svg>`;
  return html`<ul class="legend">${spans.map((span) => html`<li>${swatch(span)}${spanName(span)}</li>`)}</ul>`;
}

/** What the lines and marks of the loss chart are. */
function lossNote(series: Series[]): string {
  const longest = Math.max(...series.map(({ points }) => drawable(points).length));
  const marks = Math.max(...series.map((one) => drawable(one.marks ?? []).length));
  const gap = everyOf(marks, MAX_MARKS);
  const window = 2 * halfWindow(longest) + 1;
  const parts = [
    window === 1 && 'Line: training loss, step by step.',
    window > 1 && `Line: training loss, the mean of the ${count(window)} steps around it.`,
    window > 1 && `Faint: single steps${longest > 300 ? ', the lowest and highest of every stretch' : ''}.`,
    marks > 0 && `Shapes: validation${gap > 1 ? `, one in ${gap} and the lowest and highest` : ''}.`,
    series.some(({ points }) => points.some(([, y]) => y < LOSS_FLOOR)) &&
      `Losses below ${LOSS_FLOOR} are drawn at ${LOSS_FLOOR}.`,
  ];
  return parts.filter(Boolean).join(' ');
}

/** The charts of a run, or nothing for one without a step. */
export function figures(metrics: StepRecord[]): Content {
  const last = metrics.at(-1);
  if (!last) return null;
  const spans = spansOf(metrics);
  const series = lossSeries(metrics, spans);
  const ends = spans.map((span) => `${spanName(span)} ${lossText(last.spanLoss?.[span])}`);
  const loss: Omit<ChartSpec, 'id' | 'width' | 'height'> = {
    title: 'Loss by span',
    description: `Training and validation loss to step ${count(last.step)}. At the end: ${ends.join(', ')}.`,
    yLabel: 'loss, nats a token',
    series,
    scale: { floor: LOSS_FLOOR },
  };
  const small = { width: 360, height: 206, className: 'plain' };
  const rates = metrics.map(({ step, learningRate }): Point => [step, learningRate ?? Number.NaN]);
  const norms = metrics.map(({ step, gradientNorm }): Point => [step, gradientNorm ?? Number.NaN]);
  const ofAll = (points: Point[]) => drawable(points).map(([, y]) => y);
  const highest = (points: Point[]) =>
    valueText(
      Number(
        ofAll(points)
          .reduce((a, b) => Math.max(a, b), 0)
          .toPrecision(3),
      ),
    );
  return html`<section class="figures" aria-label="Curves">
<figure class="loss">${legend(spans)}
<div class="wide">${chart({ ...loss, id: 'loss', width: 680, height: 400 })}</div>
<div class="narrow">${chart({ ...loss, id: 'loss-narrow', width: 360, height: 300 })}</div>
<figcaption>${lossNote(series)}</figcaption></figure>
<figure>${chart({
    ...small,
    id: 'rate',
    title: 'Learning rate',
    description: `Learning rate by step, at most ${highest(rates)}.`,
    yLabel: 'learning rate',
    series: [{ className: 'plain', points: rates }],
    scale: { fromZero: true },
    exact: true,
  })}</figure>
<figure>${chart({
    ...small,
    id: 'norm',
    title: 'Gradient norm',
    description: `Norm of the gradients before clipping, at most ${highest(norms)}.`,
    yLabel: 'gradient norm, before clipping',
    series: [{ className: 'plain', points: norms }],
  })}</figure>
</section>`;
}
