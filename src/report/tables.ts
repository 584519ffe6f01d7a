/** The tables on the page of a run: validation by span, what became of the data, the keys of the recipe. */
import { isAbsolute } from 'node:path';
import { spanName } from '../methods/parts/segment.ts';
import { displayPath } from '../paths.ts';
import { spansOf } from './figures.ts';
import { type Content, html, type Markup } from './markup.ts';
import { count, isNumber, lossText } from './numbers.ts';
import { type Fields, isFields, type StepRecord } from './records.ts';

/** Most reasons by which rows were skipped, and most letters of a recipe's value. */
const MAX_REASONS = 12;
const MAX_LETTERS = 200;

/** Last and best validation loss over all and by span, each best one with its step. */
export function validationSection(metrics: StepRecord[]): Content {
  const validated = metrics.filter(({ validation }) => isNumber(validation?.loss));
  const last = validated.at(-1);
  if (!last) return null;
  const lower = (lossOf: (record: StepRecord) => number | undefined) => (a: StepRecord, b: StepRecord) =>
    (lossOf(b) as number) < (lossOf(a) as number) ? b : a;
  const best = validated.reduce(lower(({ validation }) => validation?.loss));
  const row = (name: string, lossOf: (record: StepRecord) => number | undefined, className: string) => {
    const measured = validated.filter((record) => isNumber(lossOf(record)));
    if (measured.length === 0) return null;
    const best = measured.reduce(lower(lossOf));
    return html`
<tr class="${className}"><th scope="row">${name}</th><td class="number">${lossText(lossOf(last))}</td>
<td class="number">${lossText(lossOf(best))}</td><td class="number">${count(best.step)}</td></tr>`;
  };
  const spans = spansOf(validated);
  return html`<section>
<h2>Validation</h2>
<table class="fit"><thead><tr><th scope="col">loss, nats a token</th>
<th scope="col" class="number">last, step ${count(last.step)}</th>
<th scope="col" class="number">best</th><th scope="col" class="number">at step</th></tr></thead>
<tbody>${row('all spans', ({ validation }) => validation?.loss, 'total')}${spans.map((span) =>
    row(spanName(span), ({ validation }) => validation?.spanLoss?.[span], 'inner'),
  )}
</tbody></table>
<p class="quiet">The model in this folder is that of step ${count(best.step)}, lowest over all spans.</p>
</section>`;
}

/** A row of numbers, or nothing where there are none. */
function row(name: string, values: unknown[], className = ''): Content {
  if (!values.some(isNumber)) return null;
  const cells = values.map((value) => html`<td class="number">${isNumber(value) ? count(value) : ''}</td>`);
  return html`
<tr class="${className}"><th scope="row">${name}</th>${cells}</tr>`;
}

function rowsTable(rows: Fields): Markup {
  const reasons = Object.entries(isFields(rows.reasons) ? rows.reasons : {}).filter(([, n]) =>
    isNumber(n),
  ) as [string, number][];
  reasons.sort(([, a], [, b]) => b - a);
  const others = reasons.slice(MAX_REASONS).reduce((sum, [, n]) => sum + n, 0);
  const without = Object.entries(isFields(rows.withoutPartner) ? rows.withoutPartner : {});
  const some = (name: string, n: unknown) => n !== 0 && row(name, [n]);
  return html`<table><caption>Rows</caption><tbody>${row('read', [rows.read])}${some(
    'duplicates',
    rows.duplicates,
  )}${without.map(([language, n]) => row(`nothing in ${language}`, [n]))}${some(
    'not sampled',
    rows.notSampled,
  )}${row('skipped', [rows.skipped])}${reasons
    .slice(0, MAX_REASONS)
    .map(([reason, n]) =>
      row(reason, [n], 'inner'),
    )}${others > 0 && row('other reasons', [others], 'inner')}${row('kept', [rows.kept], 'total')}
</tbody></table>`;
}

function sequencesTable(train: Fields, validation: Fields): Markup {
  const both = (key: string) => [train[key], validation[key]];
  const supervised = [train.supervised, validation.supervised].map((value) => (isFields(value) ? value : {}));
  const spans = [...new Set(supervised.flatMap((one) => Object.keys(one)))].filter((span) =>
    supervised.some((one) => isNumber(one[span]) && one[span] > 0),
  );
  const total = supervised.map((one) => {
    const counts = Object.values(one).filter(isNumber);
    return counts.length > 0 ? counts.reduce((a, b) => a + b, 0) : undefined;
  });
  return html`<table><caption>Examples</caption>
<thead><tr><td></td><th scope="col" class="number">training</th>
<th scope="col" class="number">validation</th></tr></thead>
<tbody>${row('in all', both('sequences'))}${row('dropped, too long', both('tooLong'))}${row(
    'dropped, nothing left to learn',
    both('nothingSupervised'),
  )}${row('kept', both('kept'), 'total')}${row('of these, end cut off', both('truncated'), 'inner')}${row(
    'tokens',
    both('tokens'),
    'total',
  )}${row('supervised', total)}${spans.map((span) =>
    row(
      spanName(span),
      supervised.map((one) => one[span]),
      'inner',
    ),
  )}
</tbody></table>`;
}

/** What was read and what became of it (`DataStats`). */
export function dataSection(data: Fields | null): Content {
  if (!data) return null;
  const [rows, train, validation] = [data.rows, data.train, data.validation].map((v) =>
    isFields(v) ? v : null,
  );
  if (!rows && !train) return null;
  return html`<section>
<h2>Data</h2>
<div class="tables">${rows && rowsTable(rows)}
${train && sequencesTable(train, validation ?? {})}</div>
</section>`;
}

/** A value of a recipe as one would write it; a path as seen from where the command was given. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return clip(value.map(valueText).join(', '));
  if (typeof value === 'string') return clip(isAbsolute(value) ? displayPath(value) : value);
  return clip(isFields(value) ? JSON.stringify(value) : String(value));
}

const clip = (text: string) => (text.length > MAX_LETTERS ? `${text.slice(0, MAX_LETTERS)} …` : text);

/** Every key of the resolved recipe, by section. */
export function recipeSection(recipe: Fields | null): Content {
  if (!recipe) return null;
  const sections = Object.entries(recipe).filter(([, value]) => isFields(value)) as [string, Fields][];
  if (sections.length === 0) return null;
  return html`<section>
<h2>Recipe</h2>
<div class="recipe">${sections.map(
    ([name, keys]) => html`
<table><caption>${name}</caption><tbody>${Object.entries(keys).map(
      ([key, value]) => html`
<tr><th scope="row">${key}</th><td>${valueText(value)}</td></tr>`,
    )}
</tbody></table>`,
  )}
</div>
</section>`;
}
