/** The tables on the page of a comparison: summary, accuracy by kind of question, cost, and the runs themselves. */
import { languageName } from '../report/languageName.ts';
import { type Content, html, type Markup } from '../report/markup.ts';
import { count, durationText, isNumber, sizeText } from '../report/numbers.ts';
import { bestRows, columnsOf } from './columns.ts';
import type { Report, ReportRow } from './report.ts';
import { baselines, byTarget, GROUP_TITLES, judgedGroups, labelOf, pairedGroup, sweptName } from './rows.ts';
import { DASH, percentText, tokensPerAnswer } from './texts.ts';

interface TableSpec {
  caption: string;
  className?: string;
  headings: string[];
  /** Of the rows of a language, where there are several. */
  heading?(target: string, some: ReportRow[]): string;
  /** The cells after the name; `some` are all rows of the language. */
  cells(row: ReportRow, some: ReportRow[]): Content[];
}

/** A name for each row, and the point of a sweep beside it; by language where there are several. */
function rowsTable(
  report: Report,
  rows: ReportRow[],
  { caption, className, headings, heading = languageName, cells }: TableSpec,
): Markup {
  const point = report.sweep && sweptName(report);
  const targets = [...byTarget(rows)];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="wide-table${className && ` ${className}`}">
<caption>${caption}</caption>
<thead><tr><th scope="col">recipe</th>${point && html`<th scope="col">${point}</th>`}${headings.map(
    (heading) => html`<th scope="col" class="number">${heading}</th>`,
  )}</tr></thead>
${targets.map(
  ([target, some]) => html`<tbody>${
    targets.length > 1 &&
    html`<tr><th scope="rowgroup" colspan="${headings.length + (point ? 2 : 1)}">${heading(target, some)}</th></tr>`
  }${some.map(
    (row) => html`
<tr><th scope="row">${row.recipe}</th>${point && html`<td>${row.point ?? DASH}</td>`}${cells(row, some)}</tr>`,
  )}
</tbody>`,
)}</table></div>`;
}

/** A language and what its rows are held against. */
function titleOf(target: string, some: ReportRow[]): string {
  const against = baselines(some);
  return `${languageName(target)}${against.length > 0 ? `, against ${against.join(', ')}` : ''}`;
}

/** The figure with its interval in a quieter colour. */
function measuredCell(text: string, best: boolean): Markup {
  const [mean, interval] = text.split(' [');
  return html`<td class="number${best && ' best'}">${mean}${interval && html` <span class="interval">[${interval}</span>`}</td>`;
}

export function summarySection(report: Report): Content {
  const { rows } = report;
  if (rows.length === 0) return null;
  const columns = columnsOf(rows);
  const against = baselines(rows);
  const notes = [
    columns.some(({ short }) => short) &&
      'Accuracy is the share of answers that are right in every respect: facts, language and form. In brackets: 95 % interval, by the bootstrap over questions and seeds. Bold is the highest mean of a language.',
    columns.some(({ id }) => id === 'lead') &&
      `W/T/L: ${GROUP_TITLES[pairedGroup(rows) ?? 'open']} won, tied and lost against ${against.join(', ')}; W−L is in percent of them.`,
    columns.some(({ id }) => id === 'chrf') &&
      'Exact match, F1 of words, chrF and ROUGE-L compare answers with their references as text.',
  ];
  return html`<section>
<h2>Summary</h2>
${rowsTable(report, rows, {
  caption: 'Scores and cost by recipe',
  headings: columns.map(({ title }) => title),
  heading: titleOf,
  cells: (row, some) =>
    columns.map((column) => measuredCell(column.text(row), bestRows(some, column).includes(row))),
})}
<p class="quiet">${notes.filter(Boolean).join(' ')}</p>
</section>`;
}

/** Accuracy by kind of question, for groups of more than one kind; a cell's colour is the stronger, the higher its value. */
export function kindsSection(report: Report): Content {
  const tables = judgedGroups(report.rows).map((group) => {
    const rows = report.rows.filter(({ groups }) => Object.keys(groups?.[group]?.kinds ?? {}).length > 0);
    const kinds = [...new Set(rows.flatMap(({ groups }) => Object.keys(groups[group]?.kinds ?? {})))];
    if (kinds.length < 2) return null;
    return rowsTable(report, rows, {
      caption: GROUP_TITLES[group],
      className: 'shaded',
      headings: kinds,
      cells: (row) =>
        kinds.map((kind) => {
          const share = row.groups[group]?.kinds[kind]?.correct;
          if (!isNumber(share)) return html`<td class="number">${DASH}</td>`;
          return html`<td class="number shade" style="--share: ${Math.round(100 * share)}%">${percentText(share)}</td>`;
        }),
    });
  });
  if (!tables.some(Boolean)) return null;
  return html`<section>
<h2>Accuracy by kind of question</h2>
${tables}
<p class="quiet">Shares of answers that are right in every respect, over all seeds; the stronger the colour, the higher.</p>
</section>`;
}

const size = (tokens: number | undefined) => sizeText(Math.round(tokens ?? Number.NaN));
const duration = (seconds: number | undefined) => durationText(seconds ?? Number.NaN);

export function costSection(report: Report): Content {
  const rows = report.rows.filter(({ cost }) => cost && Object.values(cost).some((value) => value > 0));
  if (rows.length === 0) return null;
  const perSecond = (tokens: number, seconds: number) => (seconds > 0 ? count(tokens / seconds) : DASH);
  return html`<section>
<h2>Cost</h2>
${rowsTable(report, rows, {
  caption: 'Means over the runs of a recipe',
  headings: [
    ...['tokens trained', 'with a loss', 'training time', 'tokens/s'],
    ...['tokens generated', 'answers', 'tokens an answer', 'generating time', 'tokens/s'],
  ],
  cells: ({ cost }) =>
    [
      size(cost.tokensTrained),
      size(cost.supervisedTokens),
      duration(cost.trainSeconds),
      perSecond(cost.tokensTrained, cost.trainSeconds),
      size(cost.tokensGenerated),
      count(cost.answers),
      isNumber(tokensPerAnswer(cost)) ? tokensPerAnswer(cost).toFixed(1) : DASH,
      duration(cost.generateSeconds),
      perSecond(cost.tokensGenerated, cost.generateSeconds),
    ].map((text) => html`<td class="number">${text}</td>`),
})}
</section>`;
}

/** Every run with its folder and its own accuracies, folded away. */
export function runsSection({ rows }: Report): Content {
  const runs = rows.flatMap((row) => (row.runs ?? []).map((run) => ({ row, run })));
  if (runs.length === 0) return null;
  const groups = judgedGroups(rows).filter((group) =>
    runs.some(({ run }) => isNumber(run.accuracy?.[group])),
  );
  return html`<section>
<h2>Runs</h2>
<details><summary>${count(runs.length)} ${runs.length === 1 ? 'run' : 'runs'}, each with its folder and accuracy</summary>
<div class="scroll" tabindex="0" role="region" aria-label="runs"><table class="wide-table">
<thead><tr><th scope="col">recipe</th><th scope="col">language</th><th scope="col" class="number">seed</th>${groups.map(
    (group) => html`<th scope="col" class="number">${GROUP_TITLES[group]}</th>`,
  )}<th scope="col">folder</th></tr></thead>
<tbody>${runs.map(
    ({ row, run }) => html`
<tr><th scope="row">${labelOf(row)}</th><td>${languageName(row.target)}</td><td class="number">${run.seed}</td>${groups.map(
      (group) => html`<td class="number">${percentText(run.accuracy?.[group])}</td>`,
    )}<td>${run.folder}</td></tr>`,
  )}
</tbody></table></div></details>
</section>`;
}
