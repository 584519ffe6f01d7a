/**
 * The page of a run: title, facts, figures and tables in the order in which one asks for them: did it learn,
 * what does it answer, what did it read, how was it set.
 */

import { METHODS } from '../methods/index.ts';
import { answersSection, type RunLanguages } from './answers.ts';
import { documentText } from './document.ts';
import { figures } from './figures.ts';
import { languageName } from './languageName.ts';
import { type Content, html } from './markup.ts';
import { count, durationText, median, sizeText } from './numbers.ts';
import { type Fields, isFields, type RunRecords, type StepRecord } from './records.ts';
import { dataSection, recipeSection, validationSection } from './tables.ts';

const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
/** The targets of a mixture as one text. */
const targetText = (target: unknown) =>
  Array.isArray(target) ? target.map(String).join(', ') : text(target);

/** The languages of a run; the pivot only where the method uses one. */
function languagesOf(method: Fields): RunLanguages {
  const [name, target, pivot] = [text(method.name), targetText(method.target), text(method.pivot)];
  if (!target || !pivot || !name) return { target, pivot };
  const used = METHODS[name]?.languages({ target, pivot }) ?? [target, pivot];
  return {
    target: used.includes(target) ? target : undefined,
    pivot: used.includes(pivot) ? pivot : undefined,
  };
}

function languagesText({ target, pivot }: RunLanguages): string | undefined {
  if (target && pivot) return `${languageName(target)} by way of ${languageName(pivot)}`;
  const one = target ?? pivot;
  return one && languageName(one);
}

function facts(run: RunRecords, method: Fields, languages: RunLanguages): Content {
  const last: StepRecord | undefined = run.metrics.at(-1);
  const sum = run.metrics.reduce((total, { seconds }) => total + (seconds ?? 0), 0);
  const speed = median(
    run.metrics.map(({ tokens, seconds }) => (tokens ?? Number.NaN) / (seconds ?? Number.NaN)),
  );
  const epoch = last?.epoch;
  const list: [string, Content][] = [
    ['method', text(method.name)],
    ['language', languagesText(languages)],
    ['parameters', run.parameters !== null && sizeText(run.parameters)],
    ['steps', last && (last.steps ? `${count(last.step)} of ${count(last.steps)}` : count(last.step))],
    ['passes over data', typeof epoch === 'number' && epoch.toFixed(1)],
    ['tokens/s, median', Number.isFinite(speed) && count(speed)],
    ['time in steps', sum > 0 && durationText(sum)],
  ];
  const known = list.filter(([, value]) => value);
  if (known.length === 0) return null;
  return html`<dl class="facts">${known.map(
    ([name, value]) => html`
<div><dt>${name}</dt><dd>${value}</dd></div>`,
  )}
</dl>`;
}

/** The whole page. @param folder name of the run's folder, for a run without a recipe */
export function page(run: RunRecords, folder: string): string {
  const recipe = run.recipe ?? {};
  const name = text(recipe.name) ?? folder;
  const method = isFields(recipe.method) ? recipe.method : {};
  const languages = languagesOf(method);
  return documentText(
    name,
    html`<header>
<h1>${name}</h1>
${text(recipe.description) && html`<p class="quiet">${text(recipe.description)}</p>`}
${facts(run, method, languages)}
</header>
${run.metrics.length > 0 ? figures(run.metrics) : html`<p class="quiet">No step has been made yet.</p>`}
${validationSection(run.metrics)}
${answersSection(run.answers, languages)}
${dataSection(run.data)}
${recipeSection(run.recipe)}`,
  );
}
