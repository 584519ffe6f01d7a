/**
 * The drawings of a comparison's page as images that stand alone, each an SVG with its title, its legend and its own
 * style: for a notebook or a slide. They are light or dark as the place is that they are shown in.
 */
import { html, Markup } from '../report/markup.ts';
import { DRAWING_STYLE } from '../report/style.ts';
import { accuracyFigures, type Figure, lossFigures, pairsFigures, swatch } from './figures.ts';
import type { Report } from './report.ts';
import { baselines } from './rows.ts';
import { COMPARISON_DRAWING_STYLE } from './style.ts';

export interface Chart {
  title: string;
  /** A whole SVG document. */
  svg: string;
}

/** Accuracy, wins and losses against the baseline, and training loss, each as far as the report has it. */
export function comparisonCharts(report: Report): Chart[] {
  const all: [kind: string, figures: Figure[]][] = [
    ['Accuracy', accuracyFigures(report)],
    [`Won, tied and lost against ${baselines(report.rows).join(', ')}`, pairsFigures(report)],
    ['Training loss', lossFigures(report)],
  ];
  return all.flatMap(([kind, figures]) =>
    figures.map((figure) => alone(`${kind}: ${figure.caption}`, figure)),
  );
}

const STYLE = `${DRAWING_STYLE}${COMPARISON_DRAWING_STYLE}.ground { fill: var(--ground); }
`;
/** Pixels round the drawing, of the title and of a legend's line. */
const PADDING = 12;
const TITLE = 30;
const LINE = 20;

function alone(title: string, { drawing, legend = [] }: Figure): Chart {
  const [width, height] = sizeOf(drawing);
  const top = PADDING + TITLE + LINE * legend.length;
  const whole = [width + 2 * PADDING, top + height + PADDING];
  const entries = legend.map(
    (
      { name, ...series },
      i,
    ) => html`<g transform="translate(${PADDING},${PADDING + TITLE + LINE * i - 4})">${swatch(series)}
<text class="name" x="36" y="10">${name}</text></g>
`,
  );
  const placed = `<svg x="${PADDING}" y="${top}" width="${width}" height="${height}" `;
  const svg = html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${whole[0]} ${whole[1]}" width="${whole[0]}" height="${whole[1]}" class="plots">
<style>${new Markup(STYLE)}</style>
<rect class="ground" width="100%" height="100%" rx="6"/>
<text class="heading" x="${PADDING}" y="${PADDING + 12}">${title}</text>
${entries}${new Markup(drawing.text.replace('<svg ', placed))}
</svg>`;
  return { title, svg: svg.text };
}

/** Width and height of a drawing, in its own pixels. */
function sizeOf({ text }: Markup): [width: number, height: number] {
  const [, width, height] = /^<svg viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(text) as RegExpExecArray;
  return [Number(width), Number(height)];
}
