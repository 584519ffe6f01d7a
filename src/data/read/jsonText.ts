/**
 * JSON text to values, as `JSON.parse` gives them, with two differences. A number that no JavaScript number holds
 * exactly becomes the text of its digits, so ids of 64 bits stay what they are. `NaN`, `Infinity` and `-Infinity`,
 * which Python's json writes although JSON does not have them, are read as these numbers.
 */
import { randomUUID } from 'node:crypto';
import { exactNumber } from './numbers.ts';

/** A number that may have more digits, or a larger exponent, than a JavaScript number holds. */
const LONG_NUMBER = /\d(?:[\d.]{15}|[eE][+-]?\d{3})/;
/** What is changed before `JSON.parse` reads it: long numbers, and the numbers that JSON does not have. */
const LONG = new RegExp(LONG_NUMBER, 'g');
const LONG_OR_NONE = new RegExp(`${LONG_NUMBER.source}|NaN|Infinity`, 'g');
/** A number by the grammar of JSON. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** The whole of a number, Python's among them. */
const TOKEN = /-?(?:Infinity|\d[\d.eE+-]*)|NaN/y;
/** A text that no file holds; `JSON.parse` cannot be made to return NaN. */
const NAN_MARK = `NaN ${randomUUID()}`;

/** @throws SyntaxError as `JSON.parse` does */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(LONG_NUMBER.test(text) ? rewritten(text, LONG) : text);
  } catch (error) {
    const changed = rewritten(text, LONG_OR_NONE);
    if (changed === text) throw error;
    try {
      return JSON.parse(changed, (_, value) => (value === NAN_MARK ? Number.NaN : value));
    } catch {
      // The error should name a place in the text as it is in the file.
      return JSON.parse(text);
    }
  }
}

/** A number as JSON that `JSON.parse` loses nothing of. */
function exactToken(token: string): string {
  if (token === 'NaN') return JSON.stringify(NAN_MARK);
  // JSON.parse reads a number above the largest as infinite.
  if (token.endsWith('Infinity')) return token.replace('Infinity', '1e999');
  if (!JSON_NUMBER.test(token)) return token; // JSON.parse names it
  const exact = exactNumber(token);
  return typeof exact === 'string' ? JSON.stringify(exact) : token;
}

/** `text` with all numbers in which `pattern` is found made exact. Strings stay as they are. */
function rewritten(text: string, pattern: RegExp): string {
  const parts: string[] = [];
  /** All before it is in `parts`; a place outside of any string. */
  let [copied, outside] = [0, 0];
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const { index } = match;
    for (
      let open = text.indexOf('"', outside);
      open >= 0 && open < index;
      open = text.indexOf('"', outside)
    ) {
      outside = endOfString(text, open);
    }
    if (outside > index) {
      pattern.lastIndex = outside;
      continue;
    }
    let start = index;
    while (start > copied && '0123456789.eE+-'.includes(text[start - 1])) start -= 1;
    TOKEN.lastIndex = start;
    const token = TOKEN.exec(text)?.[0] ?? match[0];
    parts.push(text.slice(copied, start), exactToken(token));
    copied = start + token.length;
    outside = copied;
    pattern.lastIndex = copied;
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(copied);
}

/** Index behind the string that opens at `open`. */
function endOfString(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
