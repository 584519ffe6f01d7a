/**
 * Finds the files that make up one tokenizer, and what they say of its begin, end and pad tokens.
 * `load.ts` reads a path through this, and hands the outcome to the library that fits.
 */

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { refuseOtherThanFile } from '../plainFile.ts';

/** A JSON object of unknown content. */
export type Json = Record<string, unknown>;

/** The files of one tokenizer, read. */
export interface TokenizerFiles {
  /** Path of the `tokenizer.json` or `.model`. */
  main: string;
  bytes: Uint8Array;
  /** `tokenizer_config.json`, or an empty object where there is none. */
  config: Json;
  /** Text of each file beside `main` that was read, by name. */
  beside: Map<string, string>;
}

/** Tokens named by the files beside a tokenizer: text, an id, or null where nothing is said. */
export interface NamedTokens {
  bos: string | number | null;
  eos: string | number | null;
  pad: string | number | null;
  /** The end id of config.json or generation_config.json, for a tokenizer that names none itself. */
  eosFallback: number | null;
  /** Whether every sequence opens with the begin token; undefined where nothing is said. */
  addBos: boolean | undefined;
}

const companions = [
  'special_tokens_map.json',
  'generation_config.json',
  'config.json',
  'chat_template.jinja',
];

/**
 * Reads the tokenizer at `path`: a `.json` or `.model` file, or a directory holding one.
 * @throws UserError naming the path, what was expected there and what was found
 */
export async function readTokenizerFiles(path: string): Promise<TokenizerFiles> {
  const wanted = 'a tokenizer.json, a SentencePiece .model, or a directory holding one';
  const info = await stat(path).catch(() => null);
  if (!info) throw new UserError(`${path}: expected ${wanted}, got no such file; check the path`);
  const main = info.isDirectory() ? join(path, await pickMain(path)) : path;
  if (!main.endsWith('.json') && !main.endsWith('.model')) {
    throw new UserError(
      `${main}: expected ${wanted}, got another kind of file; name the tokenizer's own file`,
    );
  }
  await refuseOtherThanFile(main, wanted);
  const beside = new Map<string, string>();
  const stem = basename(main).replace(/\.(json|model)$/, '');
  const configNames = [`${stem}_config.json`, `${stem}_tokenizer_config.json`, 'tokenizer_config.json'];
  const read = async (name: string) => {
    await refuseOtherThanFile(join(dirname(main), name), 'a file of the tokenizer');
    const text = await readFile(join(dirname(main), name), 'utf8').catch(() => null);
    if (text !== null) beside.set(name, text);
    return text;
  };
  let config: Json = {};
  for (const name of configNames) {
    const text = await read(name);
    if (text === null) continue;
    config = parseObject(text, join(dirname(main), name));
    break;
  }
  for (const name of companions) await read(name);
  return { main, bytes: await readFile(main), config, beside };
}

/** The tokenizer's own file in `dir`: the standard names first, else the only one that can be meant. */
async function pickMain(dir: string): Promise<string> {
  const names = (await readdir(dir)).sort();
  for (const name of ['tokenizer.json', 'tokenizer.model']) if (names.includes(name)) return name;
  const candidates = names.filter((name) => name.endsWith('.model') || name.endsWith('tokenizer.json'));
  if (candidates.length === 1) return candidates[0];
  const got = candidates.length === 0 ? names.slice(0, 8) : candidates;
  const fix = candidates.length === 0 ? 'put one there' : 'give the path of the one you mean';
  throw new UserError(
    `${dir}: expected tokenizer.json or one .model, got ${got.join(', ') || 'nothing'}; ${fix}`,
  );
}

/** Parses a JSON object. @throws UserError naming the file `where` */
export function parseObject(text: string, where: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${where}: expected JSON, got ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new UserError(
    `${where}: expected a JSON object, got ${Array.isArray(value) ? 'an array' : typeof value}`,
  );
}

/** What the files say of begin, end and pad: tokenizer_config.json first, then special_tokens_map.json. */
export function namedTokens(files: TokenizerFiles): NamedTokens {
  const besides = (name: string) => {
    const text = files.beside.get(name);
    return text === undefined ? {} : parseObject(text, join(dirname(files.main), name));
  };
  const map = besides('special_tokens_map.json');
  const named = (key: string) => content(files.config[key]) ?? content(map[key]);
  const addBos = files.config.add_bos_token;
  return {
    bos: named('bos_token'),
    eos: named('eos_token'),
    pad: named('pad_token'),
    eosFallback: firstId(besides('generation_config.json')) ?? firstId(besides('config.json')),
    addBos: typeof addBos === 'boolean' ? addBos : undefined,
  };
}

/** A token's text, given as a string or as `{ content }`. */
function content(token: unknown): string | null {
  if (typeof token === 'string') return token;
  if (typeof token === 'object' && token !== null && 'content' in token) return content(token.content);
  return null;
}

/** `eos_token_id`: a number, or the first of several. */
function firstId(config: Json): number | null {
  const id = Array.isArray(config.eos_token_id) ? config.eos_token_id[0] : config.eos_token_id;
  return typeof id === 'number' ? id : null;
}

/** Files beside a tokenizer that belong to it and go along when it is saved. */
export function companionTexts(files: TokenizerFiles): [string, string][] {
  return [...files.beside].filter(
    ([name]) => name === 'special_tokens_map.json' || name === 'chat_template.jinja',
  );
}

/** A hash of all that decides the ids: the tokenizer's own file and its special ids. */
export function fingerprintOf({ bytes }: TokenizerFiles, special: (number | null)[]): string {
  return createHash('sha256').update(bytes).update(JSON.stringify(special)).digest('hex');
}

/** The error for a tokenizer without an end token. */
export function noEndToken(files: TokenizerFiles): UserError {
  const read = [basename(files.main), ...files.beside.keys()].join(', ');
  const fix = 'add "eos_token" to tokenizer_config.json beside it';
  return new UserError(`${files.main}: expected an end token, got none in ${read}; ${fix}`);
}
