/**
 * Reads a verb's arguments: flags of its own from the table it declares, and, for verbs that take a recipe,
 * any dotted key of the recipe, typed and checked by the recipe's schema. Verbs call it first.
 */
import { UserError } from '../errors.ts';
import type { AskedMethod } from '../generate/generate.ts';
import type { LanguageTable } from '../methods/parts/languages.ts';
import { fromCaller } from '../paths.ts';
import { aliasesOf, keyOfTarget, noteOn } from '../recipe/aliases.ts';
import { mismatch } from '../recipe/check.ts';
import { findKey, type RecipeKey, recipeKeys } from '../recipe/keys.ts';
import { readLanguages } from '../recipe/languageFile.ts';
import type { RecipeOverrides } from '../recipe/schema.ts';
import { closestKey } from '../recipe/suggest.ts';

/** A flag of a verb's own. */
export interface Flag {
  /** `boolean` takes no value; `integer` is 0 or more. */
  kind: 'boolean' | 'string' | 'integer' | 'number';
  help: string;
  /** What `--help` writes for the value, such as `DIR`. */
  value?: string;
  /** Shown by `--help all` alone. */
  rare?: boolean;
}

/** What a verb declares; `parseFlags` and `verbHelp` read it. */
export interface Verb<Flags extends Record<string, Flag> = Record<string, Flag>> {
  name: string;
  summary: string;
  /** Lines such as `npm run train -- --recipe plug-ko`. */
  examples: string[];
  flags: Flags;
  /** What the arguments that are no flags are; without it they are an error. */
  positionals?: string;
  /** Recipe keys that are flags too: `all`, or those of some sections. None without it. */
  recipe?: 'all' | string[];
}

type Value<Kind> = Kind extends 'boolean' ? boolean : (Kind extends 'string' ? string : number) | undefined;

/** What `--help` is to show: the flags used most, `all`, or one section of the recipe's keys. */
export type HelpTopic = 'short' | 'all' | (string & {});

export interface ParsedFlags<Flags extends Record<string, Flag>> {
  /** The verb's own flags, and what `--help` asked for. */
  flags: { [Name in keyof Flags]: Value<Flags[Name]['kind']> } & { help: HelpTopic | false };
  /** Recipe keys, for `loadRecipe`. */
  recipeOverrides: RecipeOverrides;
  positionals: string[];
}

/** The key whose flag names a JSON file. */
const LANGUAGES = 'languages';

/** Flags of every verb; `main.ts` takes them out before the verb sees its arguments. */
export const COMMON_FLAGS = {
  quiet: { kind: 'boolean', help: 'Print results and errors alone, no progress.' },
  debug: { kind: 'boolean', help: 'Show the stack of an error.' },
} satisfies Record<string, Flag>;

/** Flags that stand for a recipe key. */
const SHORTHANDS: Record<string, string> = {
  name: 'name',
  description: 'description',
  model: 'model.from',
  tokenizer: 'tokenizer.path',
  precision: 'train.precision',
  languages: LANGUAGES,
};

/** Short flags of `verb` that stand for a recipe key, such as `tokenizer` for `tokenizer.path`. */
export function shorthandsOf(verb: Verb): Record<string, string> {
  const { recipe = [] } = verb;
  // A verb that takes a method takes languages too.
  const takes = (key: string) =>
    recipe === 'all' || recipe.includes(key === LANGUAGES ? 'method' : key.split('.')[0]);
  const taken = Object.entries(SHORTHANDS).filter(([name, key]) => takes(key) && !(name in verb.flags));
  return Object.fromEntries(taken);
}

/** The recipe keys that are flags of `verb`. */
export function keysOf(verb: Verb): RecipeKey[] {
  const sections = verb.recipe ?? [];
  return recipeKeys.filter(({ section }) => (sections === 'all' ? section : sections.includes(section)));
}

/** `value` at the dotted `key` of nested objects. */
function put(target: object, key: string, value: unknown): void {
  const parts = key.split('.');
  let inner = target as Record<string, unknown>;
  for (const part of parts.slice(0, -1)) {
    if (typeof inner[part] !== 'object') inner[part] = {};
    inner = inner[part] as Record<string, unknown>;
  }
  inner[parts[parts.length - 1]] = value;
}

const isNumber = (text: string) => text.trim() !== '' && !Number.isNaN(Number(text));

/** The value that `text` stands for: the first reading of it that the key's schema takes. */
function readKey(flag: string, { schema, expects }: RecipeKey, text: string): unknown {
  const readings: unknown[] = [];
  if (isNumber(text)) readings.push(Number(text));
  if (text === 'true' || text === 'false') readings.push(text === 'true');
  if (text.includes(',')) readings.push(text.split(',').map((part) => part.trim()));
  readings.push(text, [text]);
  for (const reading of readings) if (mismatch(schema, reading) === null) return reading;
  throw new UserError(`--${flag} must be ${expects}, got ${JSON.stringify(text)}`);
}

function readOwn(name: string, { kind }: Flag, text: string): unknown {
  const wrong = (expects: string) =>
    new UserError(`--${name} must be ${expects}, got ${JSON.stringify(text)}`);
  if (kind === 'string') return text;
  if (kind === 'boolean') {
    if (text === 'true' || text === 'false') return text === 'true';
    throw wrong('true or false');
  }
  if (!isNumber(text)) throw wrong(kind === 'integer' ? 'an integer >= 0' : 'a number');
  const number = Number(text);
  if (kind === 'integer' && !(Number.isSafeInteger(number) && number >= 0)) throw wrong('an integer >= 0');
  return number;
}

/** The error for a flag that `verb` does not have: what was meant, also where another tool's name was used. */
function unknownFlag(verb: Verb, name: string): UserError {
  const keys = [...Object.keys(shorthandsOf(verb)), ...keysOf(verb).map(({ key }) => key)];
  const names = [...Object.keys(verb.flags), 'help', ...Object.keys(COMMON_FLAGS), ...keys];
  const help = `npm run ${verb.name} -- --help lists the flags`;
  const foreign = aliasesOf(name);
  const meant = foreign.find((target) => names.includes(keyOfTarget(target))) ?? closestKey(name, names);
  if (meant) return new UserError(`unknown flag --${name}, did you mean --${meant}?`);
  const elsewhere = foreign.find((target) => findKey(keyOfTarget(target)));
  const note = noteOn(name) ?? (elsewhere && `--${elsewhere} is the key of a recipe, for train`) ?? help;
  return new UserError(`unknown flag --${name}; ${note}`);
}

/** The topic that follows `--help`, as in `--help all` or `--help train`; null where something else does. */
function topicOf(verb: Verb, next: string | undefined): HelpTopic | null {
  const sections = new Set(keysOf(verb).map(({ section }) => section));
  return next !== undefined && (next === 'all' || sections.has(next)) ? next : null;
}

/**
 * The arguments of a verb. Values follow their flag or an equals sign; the last of a repeated flag counts;
 * `--no-NAME` turns a boolean off; what follows `--` is no flag.
 *
 * @throws UserError for an unknown flag (with a suggestion), a missing or a wrong value
 */
export function parseFlags<Flags extends Record<string, Flag>>(
  args: string[],
  verb: Verb<Flags>,
): ParsedFlags<Flags> {
  const own: Record<string, Flag> = verb.flags;
  const allowed = new Set(keysOf(verb).map(({ key }) => key));
  const shorthands = shorthandsOf(verb as Verb);
  const flags: Record<string, unknown> = { help: false };
  for (const [name, { kind }] of Object.entries(own)) flags[name] = kind === 'boolean' ? false : undefined;
  const recipeOverrides: RecipeOverrides = {};
  const positionals: string[] = [];

  for (let i = 0; i < args.length; i++) {
    const arg = args[i] === '-h' ? '--help' : args[i];
    if (arg === '--') {
      positionals.push(...args.slice(i + 1));
      break;
    }
    if (!arg.startsWith('--')) {
      positionals.push(arg);
      continue;
    }
    const equals = arg.indexOf('=');
    const name = arg.slice(2, equals < 0 ? undefined : equals);
    const given = equals < 0 ? undefined : arg.slice(equals + 1);
    const next = () => {
      if (given !== undefined) return given;
      const value = args[i + 1];
      if (value === undefined || value.startsWith('--')) {
        throw new UserError(`--${name} needs a value, got ${value === undefined ? 'nothing' : value}`);
      }
      i += 1;
      return value;
    };

    const key = findKey(Object.hasOwn(shorthands, name) ? shorthands[name] : name);
    if (name === 'help') {
      const topic = topicOf(verb as Verb, given ?? args[i + 1]);
      if (given === undefined && topic !== null) i += 1;
      if (given !== undefined && topic === null) throw wrongTopic(verb as Verb, given);
      flags.help = topic ?? 'short';
    } else if (Object.hasOwn(own, name)) {
      const text = own[name].kind === 'boolean' ? (given ?? 'true') : next();
      flags[name] = readOwn(name, own[name], text);
    } else if (key?.key === LANGUAGES && Object.hasOwn(shorthands, name)) {
      recipeOverrides.languages = readLanguages(fromCaller(next()));
    } else if (name.startsWith('no-') && own[name.slice(3)]?.kind === 'boolean' && given === undefined) {
      flags[name.slice(3)] = false;
    } else if (key && (Object.hasOwn(shorthands, name) || allowed.has(key.key))) {
      const bareSwitch = key.expects === 'true or false' && !['true', 'false'].includes(args[i + 1]);
      const text = bareSwitch && given === undefined ? 'true' : next();
      put(recipeOverrides, key.key, readKey(name, key, text));
    } else {
      throw unknownFlag(verb as Verb, name);
    }
  }
  if (positionals.length > 0 && verb.positionals === undefined && !flags.help) {
    const usage = `npm run ${verb.name} -- --help lists the flags (with npm they follow a lone --)`;
    throw new UserError(`unexpected argument ${JSON.stringify(positionals[0])}; ${usage}`);
  }
  return { flags: flags as ParsedFlags<Flags>['flags'], recipeOverrides, positionals };
}

function wrongTopic(verb: Verb, given: string): UserError {
  const sections = [...new Set(keysOf(verb).map(({ section }) => section))];
  return new UserError(`--help: expected ${['all', ...sections].join(', ')} or nothing, got ${given}`);
}

/** The model that a verb asks, under both its names. */
export const MODEL_FLAGS = {
  model: { kind: 'string', value: 'DIR', help: 'Model to ask: a run, a step folder, or a model directory.' },
  checkpoint: { kind: 'string', value: 'DIR', help: 'The same as --model.' },
} satisfies Record<string, Flag>;

/** How flags say to prompt: the keys of the method, and languages of one's own. */
export const askedMethod = ({ method, languages }: RecipeOverrides): Partial<AskedMethod> => ({
  ...method,
  ...(languages && { languages: languages as LanguageTable }),
});

/** Files or folders of a flag by commas, taken from the folder of the command. */
export const pathsOf = (text: string | undefined): string[] | undefined =>
  text?.split(',').map((path) => fromCaller(path.trim()));

/** @throws UserError where one of these counts of `verb` is 0 */
export function needOne(verb: Pick<Verb, 'name'>, counts: Record<string, number | undefined>): void {
  for (const [name, count] of Object.entries(counts)) {
    if (count === 0) throw new UserError(`${verb.name}: --${name}: expected an integer >= 1, got 0`);
  }
}
