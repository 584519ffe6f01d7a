/**
 * What the notebook shows, as HTML and Vega-Lite: tokens in colour, loss curves, answers side by side. Colours stand in
 * the elements themselves and are see-through, so that they hold in light and dark themes and before a notebook is trusted.
 */
import { type Chart, type Content, html, type Piece, SPANS, type Span, type StepMetrics } from 'plug-tune';

const COLOURS: Record<Span, string> = {
  pivotInstruction: '#0072b2',
  pivotResponse: '#d55e00',
  targetResponse: '#009e73',
  end: '#cc79a7',
};
const NAMES: Record<Span, string> = {
  pivotInstruction: 'pivot instruction',
  pivotResponse: 'pivot response',
  targetResponse: 'target response',
  end: 'end',
};
/** `#rrggbb` with its share of opacity. */
const faint = (colour: string) => `${colour}40`;

/** One token, or the few that make a letter: filled where it is supervised, outlined where it is not. */
function token({ text, span }: Piece): Content {
  const shown = text.replace(/\n/g, '⏎') || '∅';
  const look = span ? `background-color: ${faint(COLOURS[span])}` : 'color: #888888';
  const style = `${look}; border: 1px solid #88888840; border-radius: 3px; padding: 0 2px; white-space: pre`;
  const breaks = text.endsWith('\n') ? html`<br>` : null;
  return html`<span style="${style}">${shown}</span>${breaks}
`;
}

/** The pieces of an example under its name, and how many of its tokens carry a loss. */
function sequence(name: string, pieces: Piece[]): Content {
  const count = (some: Piece[]) => some.reduce((sum, { tokens }) => sum + tokens, 0);
  const supervised = count(pieces.filter(({ span }) => span));
  return html`<td style="vertical-align: top; text-align: left; padding: 8px; width: 50%">
<p><b>${name}</b>: ${count(pieces)} tokens, ${supervised} with a loss</p>
<div style="line-height: 1.9">${pieces.map(token)}</div></td>`;
}

/** Examples side by side, with a legend of the spans. */
export function tokensTable(examples: Record<string, Piece[]>): string {
  const legend = SPANS.map(
    (span) =>
      html`<span style="background-color: ${faint(COLOURS[span])}; padding: 0 4px; margin-right: 8px">${NAMES[span]}</span>`,
  );
  return html`<p>${legend}<span style="color: #888888">no loss</span></p>
<table style="width: 100%"><tbody><tr>${Object.entries(examples).map(([name, pieces]) => sequence(name, pieces))}</tr></tbody></table>`
    .text;
}

/**
 * The loss of each span by step, as a Vega-Lite specification. Its axes are those of the whole run from the first step on,
 * so that the lines grow and nothing else moves. The end token has no line: its loss is near 0 and jumps.
 */
export function lossChart(title: string, metrics: StepMetrics[]): object {
  const spans = SPANS.filter((span) => span !== 'end' && metrics.some(({ spanLoss }) => span in spanLoss));
  const values = metrics.flatMap(({ step, spanLoss }) =>
    spans.map((span) => ({ step, span: NAMES[span], loss: Number(spanLoss[span]?.toPrecision(4)) })),
  );
  const { steps } = metrics[0];
  const grey = '#888888';
  const loss = { type: 'log', domain: [0.003, 10], clamp: true };
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v5.json',
    description: `${title}: training loss of each span by step`,
    background: 'transparent',
    width: 560,
    height: 240,
    title: { text: title, color: grey, anchor: 'start' },
    data: { values },
    mark: 'line',
    encoding: {
      x: { field: 'step', type: 'quantitative', scale: { domain: [0, steps], nice: false } },
      y: {
        ...{ field: 'loss', type: 'quantitative', title: 'loss, nats a token', scale: loss },
        axis: { values: [0.01, 0.1, 1, 10], format: '~g' },
      },
      color: {
        ...{ field: 'span', type: 'nominal', title: null },
        scale: { domain: spans.map((span) => NAMES[span]), range: spans.map((span) => COLOURS[span]) },
      },
    },
    config: {
      axis: {
        ...{ labelColor: grey, titleColor: grey, domainColor: grey, tickColor: grey },
        gridColor: faint(grey),
      },
      legend: { labelColor: grey },
      view: { stroke: null },
    },
  };
}

/** What one model answered. */
export interface Told {
  answer: string;
  /** What it drafted in the pivot language on the way. */
  draft?: string;
  correct: boolean | null;
}

function told({ answer, draft, correct }: Told): Content {
  const mark = correct
    ? html`<b style="color: #009e73">✓ right</b>`
    : html`<b style="color: #d55e00">✗ wrong</b>`;
  return html`<td style="vertical-align: top; text-align: left">${draft && html`<i>${draft}</i><br>`}${answer || '(no answer)'} ${mark}</td>`;
}

/** Questions with what each model answered, side by side. */
export function answersTable(
  rows: { question: string; reference?: string; answers: Record<string, Told> }[],
): string {
  const names = Object.keys(rows[0].answers);
  const left = 'text-align: left';
  return html`<table style="width: 100%"><thead><tr><th style="${left}">question, and the right answer</th>${names.map(
    (name) => html`<th style="${left}">${name}</th>`,
  )}</tr></thead>
<tbody>${rows.map(
    ({ question, reference, answers }) => html`<tr>
<td style="vertical-align: top; ${left}">${question}<br><span style="color: #888888">${reference}</span></td>
${names.map((name) => told(answers[name]))}</tr>
`,
  )}</tbody></table>`.text;
}

/** Charts of the package as images in a row. */
export function images(charts: Chart[]): string {
  return html`<div>${charts.map(
    ({ title, svg }) =>
      html`<img alt="${title}" style="margin: 4px; vertical-align: top" src="data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}">
`,
  )}</div>`.text;
}

/** Vega-Lite in a display of tslab; Jupyter takes a specification as an object, where tslab's types expect text. */
export function drawVega(
  display: { raw(type: string, content: never): unknown },
  specification: object,
): void {
  display.raw('application/vnd.vegalite.v5+json', specification as never);
}
