/**
 * PLUG (arXiv 2311.08711, section 3): the target instruction in; the pivot instruction, the pivot response and
 * the target response out, all three supervised. Its two ablations, in the files beside, leave one pivot span out.
 */
import { contextOf, END, headedSpans, prompt } from './parts/build.ts';
import { headedAnswer } from './parts/headings.ts';
import { language } from './parts/languages.ts';
import type { LanguagePair, Method, Span } from './parts/segment.ts';
import { wording } from './parts/wording.ts';

interface Guided {
  name: string;
  summary: string;
  /** The pivot spans that it writes before the target response. */
  writes: { pivotInstruction: boolean; pivotResponse: boolean };
  system: (pair: LanguagePair) => string;
}

/** PLUG with the pivot spans of `writes`. */
export function pivotGuided({ name, summary, writes, system }: Guided): Method {
  const spans: Span[] = ['pivotInstruction', 'pivotResponse', 'targetResponse', 'end'];
  const method: Method = {
    name,
    summary,
    spans: spans.filter((span) => writes[span as keyof typeof writes] ?? true),
    languages: ({ target, pivot }) => [target, pivot],

    segments({ turns, ...example }, pair) {
      const { instructionHeading, responseHeading } = language(pair.pivot, pair.languages);
      return turns[pair.target].map(({ instruction, response }, turn) => {
        const pivot = turns[pair.pivot][turn];
        const written = [
          { role: 'pivotInstruction', heading: instructionHeading, text: pivot.instruction } as const,
          { role: 'pivotResponse', heading: responseHeading, text: pivot.response } as const,
        ].filter(({ role }) => writes[role]);
        const answer = { heading: language(pair.target, pair.languages).responseHeading, text: response };
        return [
          ...method.prompt(instruction, pair, contextOf({ turns, ...example }, turn, pair.target)),
          ...headedSpans(...written, { role: 'targetResponse', ...answer }),
          END,
        ];
      });
    },

    prompt: (instruction, pair, context) => prompt(system(pair), instruction, pair, context),
    answer: (text, pair) => headedAnswer(text, pair, writes),
  };
  return method;
}

export default pivotGuided({
  name: 'plug',
  summary: 'restate and answer the instruction in the pivot language, then answer in the target language',
  writes: { pivotInstruction: true, pivotResponse: true },
  system: wording.interpretAndRespond,
});
