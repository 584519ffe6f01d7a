/**
 * The page of a comparison: which recipe is better and by how much, what it costs, what it answers; in the order in
 * which one asks.
 */
import { documentText } from '../report/document.ts';
import { languageName } from '../report/languageName.ts';
import { type Content, html } from '../report/markup.ts';
import { count } from '../report/numbers.ts';
import { accuracySection, lossSection, pairsSection } from './figures.ts';
import type { Report } from './report.ts';
import { baselines, byTarget } from './rows.ts';
import { samplesSection } from './samples.ts';
import { COMPARISON_STYLE } from './style.ts';
import { costSection, kindsSection, runsSection, summarySection } from './tables.ts';

function facts({ rows, sweep, seeds, done, total }: Report): Content {
  const languages = [...byTarget(rows).keys()].map(languageName);
  const list: [string, Content][] = [
    ['recipes', count(new Set(rows.map(({ recipe }) => recipe)).size)],
    [languages.length === 1 ? 'language' : 'languages', languages.join(', ')],
    ['against', baselines(rows).join(', ')],
    ['varied', sweep && `${sweep.key}: ${sweep.points.join(', ')}`],
    ['seeds', seeds?.join(', ')],
    ['runs', done < total ? `${count(done)} of ${count(total)}` : count(done)],
  ];
  return html`<dl class="facts">${list
    .filter(([, value]) => value)
    .map(
      ([name, value]) => html`
<div><dt>${name}</dt><dd>${value}</dd></div>`,
    )}
</dl>`;
}

/** The whole page as text. Whatever of the report is missing has no section. */
export function comparisonPage(report: Report): string {
  const { name, command, done, total, rows, samples } = report;
  return documentText(
    name,
    html`<header>
<h1>${name}</h1>
${command && html`<p class="command quiet">${command}</p>`}
${facts(report)}
${done < total && html`<p class="unfinished">${count(done)} of ${count(total)} runs are done; what follows is of these alone.</p>`}
${rows.length === 0 && html`<p class="quiet">No run has been evaluated yet.</p>`}
</header>
${summarySection(report)}
${accuracySection(report)}
${pairsSection(report)}
${kindsSection(report)}
${samplesSection(samples ?? [])}
${lossSection(report)}
${costSection(report)}
${runsSection(report)}`,
    COMPARISON_STYLE,
  );
}
