/**
 * Sample answers of a run beside their references, on its page. Every text carries its language and
 * direction.
 */
import { spanClass } from './figures.ts';
import { type Content, html, type Markup } from './markup.ts';
import { count } from './numbers.ts';
import type { SampleAnswer } from './records.ts';

/** Codes of the languages that a run uses. */
export interface RunLanguages {
  target?: string;
  pivot?: string;
}

/**
 * Most samples on a page, bytes after which no further one is begun, and letters of a text: a page stays
 * small.
 */
export const MAX_SAMPLES = 20;
export const MAX_BYTES = 100_000;
const MAX_LETTERS = 1200;

/** What a file holds in place of a text is none. */
const plain = (text: unknown) => (typeof text === 'string' ? text.trim() : '');

function clipped(text: unknown): string {
  const letters = Array.from(plain(text));
  if (letters.length <= MAX_LETTERS) return letters.join('');
  return `${letters.slice(0, MAX_LETTERS).join('')} … (${count(letters.length - MAX_LETTERS)} more letters)`;
}

/** A text of the user's or a model's, with its language and direction; a very long one is cut off. */
export function written(text: unknown, language: string | undefined): Markup {
  return html`<p${language && html` lang="${language}"`} dir="auto">${clipped(text)}</p>`;
}

/** A text under its name, in the colour of its span; without one, of none. */
function part(label: string, span: string | null, text: Content, alone = false): Content {
  const classes = ['part', span && spanClass(span, []), alone && 'alone'].filter(Boolean).join(' ');
  return html`
<div class="${classes}"><span class="label">${label}</span>${text}</div>`;
}

const same = (a: unknown, b: unknown) => plain(a) === plain(b);

function sample(answer: SampleAnswer, { target: runs, pivot }: RunLanguages): Markup {
  const target = plain(answer.target) || runs;
  const { status, pivotInstruction, pivotResponse } = answer;
  const found = status !== 'not found';
  const label = [
    'answer',
    status === 'monolingual' && 'given directly',
    found && same(answer.answer, answer.reference) && 'equal to the reference',
  ];
  const empty = (text: string) => html`<p class="empty">${text}</p>`;
  const alone = !pivotInstruction || !pivotResponse;
  const pivotPart = (label: string, span: string, text: string | undefined) =>
    text && part(label, span, written(text, pivot), alone);
  const answerText = found ? written(answer.answer, target) : empty('no answer found in what it wrote');
  return html`
<article class="answer">
<div class="asked">${written(answer.instruction, target)}</div>
<div class="pair">${pivotPart('pivot instruction', 'pivotInstruction', pivotInstruction)}${pivotPart(
    'pivot response',
    'pivotResponse',
    pivotResponse,
  )}${part(label.filter(Boolean).join(', '), 'targetResponse', answerText)}${part(
    'reference',
    null,
    answer.reference ? written(answer.reference, target) : empty('none'),
  )}
</div>
</article>`;
}

/** The section, or nothing where there are no samples. */
export function answersSection(answers: SampleAnswer[], languages: RunLanguages): Content {
  if (answers.length === 0) return null;
  const shown: Markup[] = [];
  let bytes = 0;
  for (const answer of answers.slice(0, MAX_SAMPLES)) {
    if (bytes > MAX_BYTES) break;
    shown.push(sample(answer, languages));
    bytes += Buffer.byteLength(shown[shown.length - 1].text);
  }
  const note = shown.length < answers.length && `The first ${shown.length} of ${count(answers.length)}.`;
  return html`<section>
<h2>Answers</h2>
${note && html`<p class="quiet">${note}</p>`}${shown}
</section>`;
}
