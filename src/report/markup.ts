/**
 * Text that is safe to stand in a page. Whatever is put into an `html` template is escaped, unless it came
 * from such a template itself: a page made of these alone cannot be broken by the texts it shows.
 */

/** Finished HTML or SVG. A class, so that nothing read from a file can pass for it. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a template; `null`, `undefined` and `false` give nothing. */
export type Content = Markup | string | number | null | undefined | false | Content[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
/** Control characters that no HTML or XML may hold. */
const isControl = (code: number) => code < 32 && code !== 9 && code !== 10 && code !== 13;

/** `text` as it may stand between tags or in a quoted attribute. */
export function escapeText(text: string): string {
  const plain = Array.from(text, (letter) => (isControl(letter.charCodeAt(0)) ? '\ufffd' : letter)).join('');
  return plain.replace(/[&<>"']/g, (letter) => ENTITIES[letter]);
}

/** A number that is not finite is a dash: `NaN` in a page helps nobody, and in a drawing it breaks it. */
function written(content: Content): string {
  if (content === null || content === undefined || content === false) return '';
  if (content instanceof Markup) return content.text;
  if (Array.isArray(content)) return content.map(written).join('');
  if (typeof content === 'number') return Number.isFinite(content) ? String(content) : '–';
  return escapeText(String(content));
}

/** Tag of a template that is HTML or SVG. */
export function html(strings: TemplateStringsArray, ...contents: Content[]): Markup {
  return new Markup(strings.reduce((text, part, i) => text + written(contents[i - 1]) + part));
}
