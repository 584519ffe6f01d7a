/** The pieces that methods are put together from: prompts, headed spans, and finding a heading in generated text. */
import type { Turn } from './example.ts';
import { language } from './languages.ts';
import type { LanguagePair, Role, Segment } from './segment.ts';

/** System and user segments; earlier turns carry the target text alone and no loss. */
export function promptSegments(system: string, instruction: string, history: Turn[] = []): Segment[] {
  const earlier = history.flatMap((turn): Segment[] => [
    { role: 'user', text: turn.instruction.trim(), supervised: false },
    { role: 'targetResponse', text: turn.response.trim(), supervised: false },
    { role: 'end', text: '', supervised: false },
  ]);
  return [
    { role: 'system', text: system, supervised: false },
    ...earlier,
    { role: 'user', text: instruction.trim(), supervised: false },
  ];
}

/** A supervised span under its heading; every span but the first is set off by a blank line, which belongs to it. */
export function headedSpan(role: Role, heading: string, text: string, first = false): Segment {
  return { role, text: `${first ? '' : '\n\n'}${heading}\n${text.trim()}`, supervised: true };
}

/** The supervised end of a turn: the tokenizer's end token. */
export const END: Segment = { role: 'end', text: '', supervised: true };

/**
 * Splits `text` at `headings`, each looked for behind the one before it.
 * @returns one stripped text per heading, or undefined where a heading is missing.
 */
export function splitAtHeadings(text: string, headings: string[]): (string | undefined)[] {
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
    return text.slice(end, next?.at).trim();
  });
}

/** Everything behind the first occurrence of the target's response heading, stripped. */
export function targetAnswer(text: string, pair: LanguagePair): string | undefined {
  const heading = language(pair.target).responseHeading;
  const at = text.indexOf(heading);
  return at < 0 ? undefined : text.slice(at + heading.length).trim();
}
