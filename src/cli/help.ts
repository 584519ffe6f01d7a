/**
 * The text of `--help`: a verb's own flags from its table and the recipe keys used most; with `--help all` every recipe
 * key from the schema, with its value and meaning; aligned and wrapped at 100 columns.
 */

import { displayPath } from '../paths.ts';
import { findKey, recipeSections } from '../recipe/keys.ts';
import type { Recipe } from '../recipe/schema.ts';
import { wrap } from '../wrap.ts';
import { COMMON_FLAGS, type Flag, type HelpTopic, keysOf, shorthandsOf, type Verb } from './flags.ts';

const WIDTH = 100;

/** Recipe keys that the short help shows. */
export const COMMON_KEYS = [
  'method.target',
  'method.pivot',
  'method.chat',
  'data.train',
  'data.limit',
  'model.maxSeqLen',
  'lora.rank',
  'train.steps',
  'train.epochs',
  'train.batchSize',
  'train.learningRate',
  'generate.maxNewTokens',
  'generate.temperature',
  'generate.topP',
];

/** A short text with its spaces made such that no line ends at them; `wrap` makes them ordinary again. */
const keepTogether = (text: string) => (text.length > 40 ? text : text.replaceAll(' ', '\u00a0'));

/** Rows of a table whose last column wraps. A cell wider than its column pushes the rest to the next line. */
export function table(rows: string[][], widths: number[]): string[] {
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

/** The recipe keys of a verb as rows, by section, with the values of `recipe` or else the defaults. */
function keyRows(verb: Verb, recipe?: Recipe): Map<string, string[][]> {
  const rows = new Map<string, string[][]>();
  for (const { key, section, help, expects, default: fallback, required } of keysOf(verb)) {
    const value = recipe ? recipeValue(recipe, key) : fallback;
    const none = required && !recipe ? 'required' : '-';
    const kind = expects.endsWith('string') ? '' : ` (${keepTogether(expects)})`;
    const row = [`--${key}`, value === undefined ? none : display(value), help + kind];
    rows.set(section, [...(rows.get(section) ?? []), row]);
  }
  return rows;
}

function keyLines(verb: Verb, topic: HelpTopic, recipe?: Recipe): string[] {
  const rows = keyRows(verb, recipe);
  if (rows.size === 0) return [];
  const values = recipe ? `with the values of ${recipe.name}` : 'with its default';
  if (topic === 'short') {
    const common = [...rows.values()]
      .flat()
      .filter(([name]) => COMMON_KEYS.includes(name.slice(2)))
      .map(([name, value, help]) => [name, value, firstSentence(help)]);
    const width = Math.max(...common.map(([name]) => name.length));
    const more = [...rows.keys()].join(', ');
    return [
      ...['', `Keys of the recipe used most, each a flag, ${values}:`, ...table(common, [width, 8])],
      ...['', ...wrap(`--help all lists every key; one section of them: --help and one of ${more}.`, WIDTH)],
    ];
  }
  const width = Math.max(...[...rows.values()].flat().map(([name]) => name.length));
  const sections = [...rows].filter(([section]) => topic === 'all' || topic === section);
  const lines = sections.flatMap(([section, some]) => [
    ...['', `${recipeSections[section]}:`, ...table(some, [width, 8])],
  ]);
  return ['', `Keys of the recipe, each a flag, ${values}:`, ...lines];
}

/** A help text up to its first full stop: what the short help has room for. */
const firstSentence = (help: string) =>
  help.replace(/(?:\. | \(|; (?!default )).*$/s, '').replace(/\.?$/, '.');

/** A flag and its value as help writes them. */
const usage = (name: string, { kind, value }: Flag): string =>
  `--${name} ${value ?? (kind === 'boolean' ? '' : kind === 'string' ? 'TEXT' : 'N')}`;

/**
 * The help of a verb; with `recipe`, its values are shown in place of the defaults.
 * @param topic `short`: the flags used most; `all`: every key; a section of the recipe: its keys alone
 */
export function verbHelp(verb: Verb, topic: HelpTopic = 'all', recipe?: Recipe): string {
  const lines = [verb.summary, '', ...verb.examples.map((example) => `  ${example}`), ''];
  if (topic !== 'short' && topic !== 'all') {
    return [...lines.slice(0, -1), ...keyLines(verb, topic, recipe)].join('\n');
  }
  const shorthands = Object.entries(shorthandsOf(verb)).map(([name, key]): [string, Flag] => [
    name,
    {
      kind: 'string',
      value: name === 'languages' ? 'FILE' : 'VALUE',
      help: name === key ? (findKey(key)?.help ?? '') : `Short for --${key}.`,
      rare: name === 'description',
    },
  ]);
  const own = [...Object.entries(verb.flags), ...shorthands, ...Object.entries<Flag>(COMMON_FLAGS)]
    .filter(([, { rare }]) => topic === 'all' || !rare)
    .map(([name, flag]) => [usage(name, flag), topic === 'all' ? flag.help : firstSentence(flag.help)]);
  own.push(['--help [all]', topic === 'all' ? 'Show this help.' : 'Show this help, or all of it.']);
  if (verb.positionals) lines.push(...wrap(verb.positionals, WIDTH), '');
  lines.push('Flags:', ...table(own, [Math.max(...own.map(([name]) => name.trimEnd().length))]));
  lines.push(...keyLines(verb, topic, recipe));
  return lines.join('\n');
}
