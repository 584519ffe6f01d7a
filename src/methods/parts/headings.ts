/** Reading generated text by its headings: what a method wrote under each, and the answer to show. */
import { language } from './languages.ts';
import type { Answer, LanguagePair } from './segment.ts';
import { strip, stripAfterHeading } from './strip.ts';

/**
 * Splits `text` at `headings`, each looked for behind the one before it.
 * @returns one stripped text per heading, or undefined where a heading is missing.
 */
function splitAtHeadings(text: string, headings: string[]): (string | undefined)[] {
  const starts: { at: number; end: number }[] = [];
  let from = 0;
  for (const heading of headings) {
    const at = text.indexOf(heading, from);
    starts.push(at < 0 ? { at: -1, end: -1 } : { at, end: at + heading.length });
    if (at >= 0) from = at + heading.length;
  }
  return starts.map(({ at, end }, i) => {
    if (at < 0) return undefined;
    const next = starts.slice(i + 1).find((start) => start.at >= 0);
    return stripAfterHeading(text.slice(end, next?.at));
  });
}

/** Everything behind the first occurrence of the target's response heading, stripped. */
export function targetAnswer(text: string, { target, languages }: LanguagePair): string | undefined {
  const heading = language(target, languages).responseHeading;
  const at = text.indexOf(heading);
  return at < 0 ? undefined : stripAfterHeading(text.slice(at + heading.length));
}

/** The answer of a method that writes pivot spans first; `writes` says which of them. */
export function headedAnswer(
  text: string,
  pair: LanguagePair,
  writes: { pivotInstruction: boolean; pivotResponse: boolean },
): Answer {
  const pivot = language(pair.pivot, pair.languages);
  const headings = [
    ...(writes.pivotInstruction ? [pivot.instructionHeading] : []),
    ...(writes.pivotResponse ? [pivot.responseHeading] : []),
  ];
  const parts = splitAtHeadings(text, [...headings, language(pair.target, pair.languages).responseHeading]);
  const answer = targetAnswer(text, pair);
  return {
    answer: answer ?? '',
    status: answer === undefined ? 'not found' : 'found',
    ...(writes.pivotInstruction && { pivotInstruction: parts[0] }),
    ...(writes.pivotResponse && { pivotResponse: parts[headings.length - 1] }),
  };
}

/** The answer of a method that is asked for the target language at once: all of the text. */
export const wholeAnswer = (text: string): Answer => ({ answer: strip(text), status: 'monolingual' });
