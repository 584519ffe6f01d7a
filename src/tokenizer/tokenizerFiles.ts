/**
 * Finds and reads the files that make up one tokenizer. `load.ts` reads a path through this, `namedTokens.ts` says
 * what the files beside the tokenizer's own say of tokens.
 */

import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../errors.ts';
import { refuseLfsPointer } from '../gitLfs.ts';
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

const companions = [
  'special_tokens_map.json',
  'added_tokens.json',
  'generation_config.json',
  'config.json',
  'chat_template.jinja',
];

/** Sizes in bytes that no tokenizer comes near; larger files would not fit into memory once they are parsed. */
const mainLimit = 100e6;
const besideLimit = 32e6;

/**
 * Reads the tokenizer at `path`: a `.json` or `.model` file, or a directory holding one.
 * @throws UserError naming the path, what was expected there and what was found
 */
export async function readTokenizerFiles(path: string): Promise<TokenizerFiles> {
  const wanted = 'a tokenizer.json, a SentencePiece .model, or a directory holding one';
  const info = await stat(path).catch(() => null);
  if (!info) throw new UserError(`${path}: expected ${wanted}, got no such file; check the path`);
  if (!info.isDirectory() && !info.isFile()) {
    throw new UserError(`${path}: expected ${wanted}, got a device, pipe or socket; name a file`);
  }
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
    const path = join(dirname(main), name);
    await refuseOtherThanFile(path, 'a file of the tokenizer');
    const bytes = await readLimited(path, besideLimit);
    const text = bytes && textOf(bytes, path);
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
  const bytes = await readLimited(main, mainLimit);
  if (bytes) {
    refuseLfsPointer(main, bytes);
    return { main, bytes, config, beside };
  }
  throw new UserError(
    `${main}: expected ${wanted}, got no file that can be read; check it and its permissions`,
  );
}

/** The bytes of a file; null where there is none that can be read. @throws UserError where it is too large */
async function readLimited(path: string, limit: number): Promise<Uint8Array | null> {
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) return null;
  if (info.size > limit) {
    throw new UserError(
      `${path}: expected at most ${limit / 1e6} MB, got ${Math.round(info.size / 1e6)} MB; is it a tokenizer's file?`,
    );
  }
  return readFile(path).catch(() => null);
}

/** The text of a file in UTF-8. @throws UserError where it is not text, or only points to the file */
export function textOf(bytes: Uint8Array, where: string): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const marked = ['fffe', 'feff'].includes(Buffer.from(bytes.subarray(0, 2)).toString('hex'));
    const got = marked ? 'UTF-16' : 'bytes that are not';
    throw new UserError(`${where}: expected UTF-8, got ${got}; save it as UTF-8`);
  }
  refuseLfsPointer(where, text);
  return text;
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
    const reason = error instanceof Error ? error.message : error;
    throw new UserError(`${where}: expected JSON, got ${reason}; is the file whole?`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  const got = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  throw new UserError(`${where}: expected a JSON object, got ${got}; is it another file?`);
}

/** Files beside a tokenizer that belong to it and go along when it is saved. */
export function companionTexts(files: TokenizerFiles): [string, string][] {
  return [...files.beside].filter(([name]) => !name.endsWith('config.json'));
}

/** A hash of all that decides the ids: the tokenizer's own file, its special ids, and what other files add. */
export function fingerprintOf(
  { bytes }: TokenizerFiles,
  special: (number | null)[],
  added: unknown[] = [],
): string {
  const decisive = added.length > 0 ? [special, added] : special;
  return createHash('sha256').update(bytes).update(JSON.stringify(decisive)).digest('hex');
}

/** The error for a tokenizer without an end token. */
export function noEndToken(files: TokenizerFiles): UserError {
  const read = [basename(files.main), ...files.beside.keys()].join(', ');
  const fix = 'add "eos_token" to tokenizer_config.json beside it';
  return new UserError(`${files.main}: expected an end token, got none in ${read}; ${fix}`);
}
