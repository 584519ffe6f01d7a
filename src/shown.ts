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

/** Field names of an object that are shown, and characters of each. */
const FIELDS = 20;
const NAME = 50;

/** The names of an object's fields for a message, `no field` where it has none; odd characters are escaped. */
export function shownFields(value: object, most = FIELDS): string {
  const names = Object.keys(value);
  const first = names.slice(0, most).map((name) => {
    const short = name.length > NAME ? `${name.slice(0, NAME)}…` : name;
    return /^\P{C}+$/u.test(short) ? short : JSON.stringify(short);
  });
  const more = names.length > most ? ` and ${(names.length - most).toLocaleString('en')} more` : '';
  return first.join(', ') + more || 'no field';
}

/** The kind of a JSON value, in words. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
