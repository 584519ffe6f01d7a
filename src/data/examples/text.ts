/**
 * What counts as text in a row: the checks that every instruction, response and message goes through, wherever
 * it stood. `columns.ts` and `dialogue.ts` use them.
 */

import { strip } from '../../methods/parts/strip.ts';

/** Throws the error of the row: what is wrong with a value, and in a few words for counting. */
export type Fail = (problem: string, reason: string) => never;

/** Ways in which data sets write that an instruction has no input; the letters alone are compared. */
const NO_INPUT = new Set(['noinput', 'noinputrequired', '无输入', '没有输入', '无需输入']);

/** True for a text that only says that there is no input, such as `<noinput>`. */
export function saysNoInput(text: string): boolean {
  // Long text has more to say; looking at it letter by letter would be the slowest step of all.
  if (text.length > 60) return false;
  const letters = text.replace(/&[lg]t;/g, '').replace(/\P{L}/gu, '');
  return NO_INPUT.has(letters.toLowerCase());
}

/** True where a field says anything at all. */
export function filled(value: unknown): boolean {
  if (typeof value === 'string') return value.trim() !== '';
  return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
}

/** A value as an error shows it. JSON would write null for a number that is none. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value)?.slice(0, 50) ?? typeof value;
  } catch {
    return 'a value that is nested too deeply';
  }
}

const noText = (got: string) => `expected a non-empty string, got ${got}`;

/** What is wrong with a field that says nothing, and in a few words for counting; null where it says something. */
export function nothingIn(value: unknown): Parameters<Fail> | null {
  if (value === undefined) return [noText('no such field'), 'missing'];
  if (value === null) return [noText('null'), 'null'];
  if (typeof value !== 'string') return null;
  if (value.trim() === '') return [noText(shown(value)), 'empty'];
  return saysNoInput(value) ? [noText(`the placeholder ${JSON.stringify(value)}`), '<noinput>'] : null;
}

/** A value that must be text, stripped; a first line that is indented stays so. */
export function requiredText(value: unknown, fail: Fail): string {
  const nothing = nothingIn(value);
  if (nothing) return fail(...nothing);
  return typeof value === 'string' ? strip(value) : fail(noText(shown(value)), 'not a string');
}

/** A value that may be missing, null, empty or say that there is nothing; else text, stripped as `requiredText` is. */
export function optionalText(value: unknown, fail: Fail): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') return fail(`expected a string, got ${shown(value)}`, 'not a string');
  return saysNoInput(value) || /^\s*n\/a\.?\s*$/i.test(value) ? '' : strip(value);
}

/** A text, or a list of sentences that become its lines. */
export function textOrSentences(value: unknown, fail: Fail): string {
  if (!Array.isArray(value)) return optionalText(value, fail);
  return value
    .map((sentence) => optionalText(sentence, fail))
    .filter(Boolean)
    .join('\n');
}
