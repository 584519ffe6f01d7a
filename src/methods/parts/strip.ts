/**
 * Removes the white space around a text and keeps the indentation of its first line, which an answer in code needs.
 * All that the model writes is stripped by these functions, in training and where it is read back, so the two agree.
 */

/** An indentation: a tab, or two spaces or more. One space alone is a slip of whoever wrote the data. */
const INDENTATION = /^(?:\t| [ \t])[ \t]*$/;

/** `text` without blank lines around it and without white space at its end; its first line keeps its indentation. */
export function strip(text: string): string {
  const stripped = text.trim();
  if (stripped === '') return '';
  const before = text.slice(0, text.length - text.trimStart().length);
  const line = before.slice(Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1);
  return INDENTATION.test(line) ? line + stripped : stripped;
}

/** The text after a heading, stripped. Only text on a line of its own has an indentation. */
export function stripAfterHeading(text: string): string {
  return /^[^\S\n\r]*[\n\r]/.test(text) ? strip(text) : text.trim();
}
