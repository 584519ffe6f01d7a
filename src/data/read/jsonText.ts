/**
 * JSON text to values, as `JSON.parse` gives them, with two differences. A number that no JavaScript number holds
 * exactly becomes the text of its digits, so ids of 64 bits stay what they are. `NaN`, `Infinity` and `-Infinity`,
 * which Python's json writes though JSON has no such values, are read as these numbers.
 */
import { randomUUID } from 'node:crypto';
import { exactNumber } from './numbers.ts';

/** True where a number may have more digits, or a larger exponent, than a JavaScript number holds. */
const LONG_NUMBER = /\d(?:[\d.]{15}|[eE][+-]?\d{3})/;
/** Python's numbers that JSON lacks. */
const NOT_JSON = /NaN|Infinity/;
/** A number by the grammar of JSON. */
const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** All numbers of a text, Python's among them. */
const TOKENS = /-?(?:Infinity|\d[\d.eE+-]*)|NaN/g;
/** A text that no file holds; `JSON.parse` cannot be made to return NaN. */
const NAN_MARK = `NaN ${randomUUID()}`;

/** @throws SyntaxError as `JSON.parse` does */
export function parseJson(text: string): unknown {
  if (LONG_NUMBER.test(text)) return parseRewritten(text);
  try {
    return JSON.parse(text);
  } catch (error) {
    if (NOT_JSON.test(text)) return parseRewritten(text);
    throw error;
  }
}

function parseRewritten(text: string): unknown {
  let marked = false;
  const rewrite = (token: string) => {
    if (token === 'NaN') {
      marked = true;
      return JSON.stringify(NAN_MARK);
    }
    // JSON.parse reads a number above the largest as infinite.
    if (token.endsWith('Infinity')) return token.replace('Infinity', '1e999');
    if (!JSON_NUMBER.test(token)) return token; // JSON.parse names it
    const exact = exactNumber(token);
    return typeof exact === 'string' ? JSON.stringify(exact) : token;
  };
  const rewritten = outsideStrings(text, (part) => part.replace(TOKENS, rewrite));
  try {
    if (!marked) return JSON.parse(rewritten);
    return JSON.parse(rewritten, (_, value) => (value === NAN_MARK ? Number.NaN : value));
  } catch {
    // The error should name a place in the text as it is in the file.
    return JSON.parse(text);
  }
}

/** `text` with `change` applied to all that is not within quotation marks. */
function outsideStrings(text: string, change: (part: string) => string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length; ) {
    const open = text.indexOf('"', at);
    const end = open < 0 ? text.length : open;
    parts.push(change(text.slice(at, end)));
    if (open < 0) break;
    const close = endOfString(text, open);
    parts.push(text.slice(open, close));
    at = close;
  }
  return parts.join('');
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
