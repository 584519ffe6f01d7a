/**
 * The figures of a comparison, each with its caption: accuracy by recipe or over a sweep, wins and losses, loss curves.
 * What is drawn is decided here; how, in the files of the charts.
 */
import type { Group } from '../evaluate/score.ts';
import { chart, markPath } from '../report/chart.ts';
import { LOSS_FLOOR } from '../report/figures.ts';
import { languageName } from '../report/languageName.ts';
import { type Content, html, type Markup } from '../report/markup.ts';
import { lossText } from '../report/numbers.ts';
import { accuracyBars, type Bar, type BarSection, pairBars } from './bars.ts';
import { meanLoss } from './losses.ts';
import type { Report, ReportRow } from './report.ts';
import {
  accuracyOf,
  baselines,
  byTarget,
  GROUP_TITLES,
  judgedGroups,
  labelOf,
  seriesClass,
  seriesNumber,
} from './rows.ts';
import { sweepChart } from './sweepChart.ts';
import { leadOf, measuredText, pairText, signedText } from './texts.ts';

const INTERVAL = '95 % interval, by the bootstrap over questions and seeds';
const ACCURACY = 'Share of answers that are right in every respect';

/** A drawing with its caption. */
export interface Figure {
  caption: string;
  drawing: Markup;
  /** What the series in it are, where they do not bear their names. */
  legend?: LegendEntry[];
}

/** Name and mark of a series. */
export interface LegendEntry {
  name: string;
  className: string;
  shape?: number;
}

const figure = ({ caption, drawing, legend }: Figure): Markup => html`
<figure><figcaption>${caption}</figcaption>${legend && legendList(legend)}${drawing}</figure>`;

/** @param note what the figures show, and what is drawn how */
const section = (heading: string, note: string, figures: Figure[]): Content =>
  figures.length > 0 &&
  html`<section>
<h2>${heading}</h2>
<p class="quiet">${note}</p>
<div class="plots">${figures.map(figure)}
</div>
</section>`;

/** What a drawing shows, as one sentence a section. */
const spoken = <Value>(sections: BarSection<Value>[]) =>
  sections
    .map(({ title, bars }) => {
      const list = bars.map(({ label, text }) => `${label} ${text}`).join('; ');
      return title ? `${title}: ${list}` : list;
    })
    .join('. ');

/** Bars of rows by language. */
function sectionsOf<Value>(
  rows: ReportRow[],
  bar: (row: ReportRow) => Pick<Bar<Value>, 'text' | 'value'>,
  all: ReportRow[],
): BarSection<Value>[] {
  const targets = [...byTarget(rows)];
  return targets.map(([target, some]) => ({
    title: targets.length > 1 ? languageName(target) : undefined,
    bars: some.map((row) => ({
      label: labelOf(row),
      className: seriesClass(seriesNumber(row, all)),
      ...bar(row),
    })),
  }));
}

function legendList(entries: LegendEntry[]): Markup {
  return html`<ul class="legend block">${entries.map(
    ({ name, className, shape }) =>
      html`<li><svg class="swatch" viewBox="0 0 28 12" aria-hidden="true">${swatch({ className, shape })}</svg>${name}</li>`,
  )}</ul>`;
}

/** The line of a series with its mark, 28 by 12. */
export const swatch = ({ className, shape }: Omit<LegendEntry, 'name'>): Markup =>
  html`<g class="${className}"><path class="mean" d="M1,6H27"/>${
    shape !== undefined && html`<path class="mark" d="${markPath(shape, 14, 6)}"/>`
  }</g>`;

function barFigure(rows: ReportRow[], group: Group, all: ReportRow[]): Figure {
  const measured = rows.filter((row) => accuracyOf(row, group));
  const sections = sectionsOf(
    measured,
    (row) => ({ value: accuracyOf(row, group), text: measuredText(accuracyOf(row, group)) }),
    all,
  );
  const title = `Accuracy, ${GROUP_TITLES[group]}`;
  const drawing = accuracyBars({ id: `bars-${group}`, title, description: spoken(sections), sections });
  return { caption: GROUP_TITLES[group], drawing };
}

function sweepFigures(report: Report, points: string[], groups: Group[]): Figure[] {
  const targets = [...byTarget(report.rows)];
  const all = targets.flatMap(([target, some], t) => groups.map((group) => ({ target, some, t, group })));
  return all.flatMap(({ target, some, t, group }) => {
    const rows = some.filter((row) => row.point !== undefined && accuracyOf(row, group));
    if (rows.length === 0) return [];
    const recipes = [...new Set(rows.map(({ recipe }) => recipe))];
    const series = recipes.map((recipe) => {
      const own = rows.filter((row) => row.recipe === recipe);
      const at = (point: string) => own.find((row) => row.point === point);
      const shape = seriesNumber(own[0], report.rows);
      const values = points.map((point) => {
        const row = at(point);
        return row ? accuracyOf(row, group) : null;
      });
      return { name: recipe, className: seriesClass(shape), shape, values };
    });
    const description = series
      .map(
        ({ name, values }) =>
          `${name}: ${points.map((point, i) => `${point} ${measuredText(values[i])}`).join('; ')}`,
      )
      .join('. ');
    const caption = `${GROUP_TITLES[group]}${targets.length > 1 ? `, ${languageName(target)}` : ''}`;
    const drawing = sweepChart({
      ...{ id: `sweep-${group}-${t}`, title: 'accuracy', description, points, series },
      xLabel: report.sweep?.key ?? '',
    });
    return { caption, drawing, legend: series };
  });
}

/** Rows by group: drawn as lines over the points of a sweep, and as bars outside of one. */
function accuracyFiguresOf(report: Report): { lines: Figure[]; bars: Figure[] } {
  const groups = judgedGroups(report.rows);
  const points = report.sweep?.points ?? [];
  const onLines = ({ point }: ReportRow) =>
    points.length > 1 && point !== undefined && points.includes(point);
  const lines = points.length > 1 ? sweepFigures(report, points, groups) : [];
  const others = report.rows.filter((row) => !onLines(row));
  const bars = groups
    .filter((group) => others.some((row) => accuracyOf(row, group)))
    .map((group) => barFigure(others, group, report.rows));
  return { lines, bars };
}

export function accuracyFigures(report: Report): Figure[] {
  const { lines, bars } = accuracyFiguresOf(report);
  return [...lines, ...bars];
}

/** Accuracy by group. */
export function accuracySection(report: Report): Content {
  const { lines, bars } = accuracyFiguresOf(report);
  const intervals = report.rows.some((row) =>
    judgedGroups(report.rows).some((group) => accuracyOf(row, group)?.low !== undefined),
  );
  const drawn = lines.length > 0 ? 'Bands' : 'Whiskers and brackets';
  const note = `${ACCURACY}: facts, language and form.${intervals ? ` ${drawn}: ${INTERVAL}.` : ''}`;
  return section('Accuracy', note, [...lines, ...bars]);
}

export function pairsFigures({ rows }: Report): Figure[] {
  return (Object.keys(GROUP_TITLES) as Group[]).flatMap((group): Figure[] => {
    const against = (row: ReportRow) => row.groups?.[group]?.against;
    const held = rows.filter((row) => Number.isFinite(leadOf(against(row))));
    if (held.length === 0) return [];
    const sections = sectionsOf(
      held,
      (row) => ({
        value: against(row) ?? null,
        text: `${pairText(against(row))}  ${signedText(leadOf(against(row)))} %`,
      }),
      rows,
    );
    const title = `Wins, ties and losses, ${GROUP_TITLES[group]}`;
    const drawing = pairBars({ id: `pairs-${group}`, title, description: spoken(sections), sections });
    return [{ caption: GROUP_TITLES[group], drawing }];
  });
}

/** Wins, ties and losses by group, where rows are held against another. */
export function pairsSection(report: Report): Content {
  const note = `Questions won (left), tied (middle) and lost (right) against ${baselines(report.rows).join(', ')}, one by one over all seeds. Above each bar: the counts, and wins less losses in percent of the questions.`;
  return section('Against the baseline', note, pairsFigures(report));
}

/** Rows whose loss curves share a drawing: those of a language; in a sweep, those of a recipe in it. */
function lossDrawings({ rows, sweep }: Report): { heading: string; rows: ReportRow[] }[] {
  const targets = [...byTarget(rows)];
  return targets.flatMap(([target, some]) => {
    const heading = languageName(target);
    if (!sweep) return [{ heading, rows: some }];
    return [...new Set(some.map(({ recipe }) => recipe))].map((recipe) => ({
      heading: targets.length > 1 ? `${recipe}, ${heading}` : recipe,
      rows: some.filter((row) => row.recipe === recipe),
    }));
  });
}

export function lossFigures(report: Report): Figure[] {
  return lossDrawings(report).flatMap(({ heading, rows }, i): Figure[] => {
    const curves = rows
      .map((row, r) => {
        const number = report.sweep ? r : seriesNumber(row, report.rows);
        const name = report.sweep ? (row.point ?? row.recipe) : row.recipe;
        const points = meanLoss(row.runs ?? []);
        return { name, className: seriesClass(number), shape: number, points, marks: points.slice(-1) };
      })
      .filter(({ points }) => points.length > 0);
    if (curves.length === 0) return [];
    const ends = curves.map(({ name, points }) => `${name} ${lossText(points.at(-1)?.[1])}`);
    const drawing = chart({
      id: `loss-${i}`,
      title: `Training loss, ${heading}`,
      description: `Training loss by step. At the end: ${ends.join(', ')}.`,
      yLabel: 'loss, nats a token',
      width: 360,
      height: 250,
      series: curves,
      scale: { floor: LOSS_FLOOR },
    });
    return [{ caption: heading, drawing, legend: curves }];
  });
}

/** Training loss by step. */
export function lossSection(report: Report): Content {
  const seeds = report.rows.some(({ runs }) => runs?.length > 1) ? ', the mean over the seeds' : '';
  return section(
    'Training loss',
    `Loss of supervised tokens by step${seeds}. Faint: as measured. A shape stands at the end of each line.`,
    lossFigures(report),
  );
}
