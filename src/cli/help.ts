/**
 * The text of `--help`: a verb's own flags from its table, and every recipe key from the schema with its
 * value and meaning, aligned and wrapped at 100 columns.
 */

import { findKey, recipeSections } from '../recipe/keys.ts';
import { displayPath } from '../recipe/paths.ts';
import type { Recipe } from '../recipe/schema.ts';
import { keysOf, shorthandsOf, type Verb } from './flags.ts';

const WIDTH = 100;

/** A short text with its spaces made such that no line ends at them; `wrap` makes them ordinary again. */
const keepTogether = (text: string) => (text.length > 40 ? text : text.replaceAll(' ', '\u00a0'));

/** Words of `text` in lines of at most `width` characters. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line ? `${line} ${word}` : word;
    }
  }
  return [...lines, line].map((wrapped) => wrapped.replaceAll('\u00a0', ' '));
}

/** Rows of a table whose last column wraps. A cell wider than its column pushes the rest to the next line. */
function table(rows: string[][], widths: number[]): string[] {
  const indent = 2 + widths.reduce((sum, width) => sum + width + 2, 0);
  return rows.flatMap((cells) => {
    let line = ' ';
    const lines: string[] = [];
    for (const [i, width] of widths.entries()) {
      line += ` ${cells[i].padEnd(width)} `;
      if (cells[i].length <= width) continue;
      lines.push(line.trimEnd());
      line = ' '.repeat(2 + widths.slice(0, i + 1).reduce((sum, w) => sum + w + 2, 0) - 1);
    }
    const [first, ...rest] = wrap(cells[widths.length], WIDTH - indent);
    lines.push(`${line.padEnd(indent)}${first}`, ...rest.map((text) => ' '.repeat(indent) + text));
    return lines.map((text) => text.trimEnd());
  });
}

/** A value as help shows it: paths short, lists by commas, column maps as JSON, nothing as a dash. */
function display(value: unknown): string {
  if (value === undefined) return '-';
  if (Array.isArray(value)) return value.map(display).join(',') || '-';
  if (typeof value === 'string') return value.startsWith('/') ? displayPath(value) : value;
  if (typeof value === 'object') return JSON.stringify(value);
  if (typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential();
  return String(value);
}

function recipeValue(recipe: Recipe, key: string): unknown {
  let value: unknown = recipe;
  for (const part of key.split('.')) {
    value = typeof value === 'object' ? (value as Record<string, unknown> | null)?.[part] : undefined;
  }
  return value;
}

/** The recipe keys of a verb, by section, with the values of `recipe` or else the defaults. */
function recipeHelp(verb: Verb, recipe?: Recipe): string[] {
  const keys = keysOf(verb);
  const nameWidth = Math.max(...keys.map(({ key }) => key.length + 2));
  const lines: string[] = [];
  for (const [section, title] of Object.entries(recipeSections)) {
    const rows = keys
      .filter((key) => key.section === section)
      .map(({ key, help, expects, default: fallback, required }) => {
        const value = recipe ? recipeValue(recipe, key) : fallback;
        const none = required && !recipe ? 'required' : '-';
        const kind = expects.endsWith('string') ? '' : ` (${keepTogether(expects)})`;
        return [`--${key}`, value === undefined ? none : display(value), help + kind];
      });
    if (rows.length > 0) lines.push('', `${title}:`, ...table(rows, [nameWidth, 8]));
  }
  return lines;
}

/** The whole help of a verb; with `recipe`, its values stand in place of the defaults. */
export function verbHelp(verb: Verb, recipe?: Recipe): string {
  const own = Object.entries(verb.flags).map(([name, { kind, help, value }]) => {
    const argument = value ?? (kind === 'boolean' ? '' : kind === 'string' ? 'TEXT' : 'N');
    return [`--${name} ${argument}`, help];
  });
  for (const [name, key] of Object.entries(shorthandsOf(verb))) {
    own.push([`--${name} VALUE`, name === key ? (findKey(key)?.help ?? '') : `Short for --${key}.`]);
  }
  own.push(['--help', 'Show this help.']);
  const lines = [verb.summary, '', ...verb.examples.map((example) => `  ${example}`), ''];
  if (verb.positionals) lines.push(...wrap(verb.positionals, WIDTH), '');
  lines.push('Flags:', ...table(own, [Math.max(...own.map(([name]) => name.trimEnd().length))]));
  if (keysOf(verb).length > 0) {
    const values = recipe ? `with the values of ${recipe.name}` : 'with its default';
    lines.push('', `Keys of the recipe, each a flag, ${values}:`, ...recipeHelp(verb, recipe));
  }
  return lines.join('\n');
}
