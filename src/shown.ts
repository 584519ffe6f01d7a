/** Values from files of other people's in messages. */

/** Characters of a value that are shown. */
const SHOWN = 200;

/** A value of a JSON file for a message, cut where it is long. */
export function shown(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? 'undefined';
  } catch {
    // Nested too deeply for the stack.
    text = Array.isArray(value) ? '[…]' : '{…}';
  }
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
