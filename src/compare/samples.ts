/** Sample questions with what every recipe answered, side by side, on the page of a comparison. */
import { MAX_BYTES, MAX_SAMPLES, written } from '../report/answers.ts';
import { languageName } from '../report/languageName.ts';
import { type Content, html, type Markup } from '../report/markup.ts';
import { count, isNumber } from '../report/numbers.ts';
import type { Sample } from './report.ts';
import { GROUP_TITLES, labelOf } from './rows.ts';
import { percentText } from './texts.ts';

type SampleAnswer = Sample['answers'][number];

const VERDICTS = {
  true: { className: 'right', text: '✓ right' },
  false: { className: 'wrong', text: '✗ wrong' },
  null: { className: '', text: 'not judged' },
};
function verdictOf({ correct, chrf }: SampleAnswer) {
  if (isNumber(chrf)) return { className: '', text: `chrF ${percentText(chrf)}` };
  return VERDICTS[String(correct ?? null) as keyof typeof VERDICTS];
}

function answerPart(answer: SampleAnswer, target: string): Markup {
  const { className, text } = verdictOf(answer);
  return html`
<div class="part ${className}"><span class="label">${labelOf(answer)}: <span class="verdict">${text}</span></span>${
    answer.answer?.trim()
      ? written(answer.answer, target)
      : html`<p class="empty">${answer.unanswered ?? 'no answer'}</p>`
  }</div>`;
}

function sampleArticle(sample: Sample): Markup {
  const { group, target, instruction, reference, answers } = sample;
  return html`
<article class="answer">
<span class="label">${languageName(target)}, ${GROUP_TITLES[group] ?? group}</span>
<div class="asked">${written(instruction, target)}</div>
<div class="answers">${
    reference &&
    html`
<div class="part"><span class="label">reference</span>${written(reference, target)}</div>`
  }${(answers ?? []).map((answer) => answerPart(answer, target))}
</div>
</article>`;
}

/** The section, or nothing where there are no samples. */
export function samplesSection(samples: Sample[]): Content {
  if (samples.length === 0) return null;
  const shown: Markup[] = [];
  let bytes = 0;
  for (const sample of samples.slice(0, MAX_SAMPLES)) {
    if (bytes > MAX_BYTES) break;
    shown.push(sampleArticle(sample));
    bytes += Buffer.byteLength(shown[shown.length - 1].text);
  }
  const note = shown.length < samples.length && `The first ${shown.length} of ${count(samples.length)}. `;
  return html`<section>
<h2>Answers</h2>
<p class="quiet">${note}Each recipe's answer is that of its first seed.</p>${shown}
</section>`;
}
