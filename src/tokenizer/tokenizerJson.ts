/**
 * The Hugging Face `tokenizer.json` as this project reads it: its types, and the check that a file has the parts and the
 * ids that the rest of the project relies on. The library reads the parts themselves.
 */
import { UserError } from '../errors.ts';
import { shownFields } from '../shown.ts';
import { type Json, parseObject } from './tokenizerFiles.ts';

/** A token added to the model's own vocabulary. Special ones are left out of decoded text. */
export interface AddedToken {
  id: number;
  content: string;
  /** It is found only where no letter or digit touches it. */
  single_word: boolean;
  /** It takes the white space before it. */
  lstrip: boolean;
  /** It takes the white space after it. */
  rstrip: boolean;
  /** It is looked for in the text as the normalizer leaves it. */
  normalized: boolean;
  special: boolean;
}

/** A part of the pipeline: `type` and its settings. */
export type Part = Json & { type: string };

export type Model = Json & { type: string; vocab: Record<string, number> | [string, number][] };

/** The JSON of a `tokenizer.json`. */
export interface TokenizerJson {
  version: string;
  truncation: null;
  padding: null;
  added_tokens: AddedToken[];
  normalizer: Part | null;
  pre_tokenizer: Part | null;
  post_processor: Part | null;
  decoder: Part | null;
  /** `vocab` is an object from token to id, or for Unigram an array of [token, score]. */
  model: Model;
}

/** Ids from here on are refused: tables of all ids would take too much memory, and no model has as many. */
const idLimit = 2_000_000;

/** @throws UserError where `id` cannot be the id of a token */
export function checkId(id: unknown, token: string, where: string): number {
  if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < idLimit) return id as number;
  throw new UserError(
    `${where}: expected the id of ${shown(token)} to be a whole number from 0 to ${idLimit - 1}, ` +
      `got ${shown(id)}; is the file damaged?`,
  );
}

/** Parses a tokenizer.json. @throws UserError where it is none */
export function parseTokenizerJson(text: string, where: string): TokenizerJson {
  const json = parseObject(text, where);
  const model = json.model as Model | null | undefined;
  if (typeof model !== 'object' || typeof model?.vocab !== 'object' || model.vocab === null) {
    const got = `an object with ${shownFields(json, 5)}`;
    throw new UserError(
      `${where}: expected a tokenizer.json with model.vocab, got ${got}; is it another JSON file?`,
    );
  }
  const { vocab } = model;
  const tokens = Array.isArray(vocab) ? [] : Object.keys(vocab);
  const count = Array.isArray(vocab) ? vocab.length : tokens.length;
  if (count > idLimit) {
    throw new UserError(
      `${where}: expected at most ${idLimit} tokens, got ${count}; is it a tokenizer's file?`,
    );
  }
  if (!Array.isArray(vocab)) for (const token of tokens) checkId(vocab[token], token, where);
  else
    vocab.forEach((piece, id) => {
      checkPiece(piece, id, where);
    });
  const added = json.added_tokens ?? [];
  if (!Array.isArray(added)) {
    throw new UserError(
      `${where}: expected added_tokens to be a list, got ${shown(added)}; is the file damaged?`,
    );
  }
  for (const token of added) checkAdded(token, where);
  const empty = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  return { ...empty, ...json, added_tokens: added } as unknown as TokenizerJson;
}

function checkPiece(piece: unknown, id: number, where: string): void {
  if (Array.isArray(piece) && typeof piece[0] === 'string' && typeof piece[1] === 'number') return;
  throw new UserError(
    `${where}: expected piece ${id} of model.vocab to be a list of a text and a score, ` +
      `got ${shown(piece)}; is the file damaged?`,
  );
}

const flags = ['single_word', 'lstrip', 'rstrip', 'normalized', 'special'] as const;

function checkAdded(token: Partial<AddedToken> | null, where: string): void {
  if (typeof token?.content !== 'string') {
    throw new UserError(
      `${where}: expected every added token to have a content, got ${shown(token)}; is the file damaged?`,
    );
  }
  checkId(token.id, token.content, where);
  for (const flag of flags) {
    if (token[flag] === undefined || typeof token[flag] === 'boolean') continue;
    throw new UserError(
      `${where}: expected ${flag} of the added token ${shown(token.content)} to be true or false, ` +
        `got ${shown(token[flag])}; is the file damaged?`,
    );
  }
}

/** Name of the token of one byte, in models with byte fallback. */
export const byteToken = /^<0x[0-9A-F]{2}>$/;

/** A value as JSON for an error or a warning, cut where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The tokens of the model with their ids, without those added. `parseTokenizerJson` has checked them. */
export const modelTokens = ({ vocab }: Model): [string, number][] =>
  Array.isArray(vocab) ? vocab.map(([piece], id) => [piece, id]) : Object.entries(vocab);

/** Two tokens with one id, and that id; null where each token has its own. */
export function sharedId(tokens: [string, number][]): [string, string, number] | null {
  const seen = new Uint8Array(idLimit);
  for (const [token, id] of tokens) {
    if (seen[id] === 1) return [tokens.find((one) => one[1] === id)?.[0] ?? '', token, id];
    seen[id] = 1;
  }
  return null;
}

/** Which of the four kinds a model is, also in old files that do not say it. */
export function modelKind(model: Model): 'BPE' | 'Unigram' | 'WordPiece' | 'WordLevel' {
  if (Array.isArray(model.vocab)) return 'Unigram';
  if (Array.isArray(model.merges)) return 'BPE';
  return 'max_input_chars_per_word' in model ? 'WordPiece' : 'WordLevel';
}

/**
 * Replaces each part by `change(part)`, going into sequences; null takes a part out. What is not a part stays, for the
 * library to refuse.
 */
export function mapParts(part: Part | null, change: (part: Part) => Part | null): Part | null {
  if (typeof part !== 'object' || part === null) return part;
  if (part.type !== 'Sequence') return change(part);
  const key = ['normalizers', 'pretokenizers', 'decoders'].find((name) => Array.isArray(part[name]));
  if (key === undefined) return part;
  const parts = part[key] as (Part | null)[];
  const changed = parts.flatMap((one) => {
    const other = mapParts(one, change);
    return one !== null && other === null ? [] : [other];
  });
  return { ...part, [key]: changed };
}

/** The parts and their types, for an error. */
export function partNames({ normalizer, pre_tokenizer, decoder, model }: TokenizerJson): string {
  const named = Object.entries({ normalizer, pre_tokenizer, decoder }).flatMap(([name, part]) => {
    const types = partsOf(part)
      .map(({ type }) => type)
      .filter((type) => typeof type === 'string');
    return types.length > 0 ? [`${name} ${types.join(' + ')}`] : [];
  });
  return [...named, `model ${model.type ?? modelKind(model)}`].join(', ');
}

/** The parts of a normalizer, pre-tokenizer or decoder, those inside sequences included. */
function partsOf(part: Part | null): Part[] {
  const parts: Part[] = [];
  mapParts(part, (one) => {
    parts.push(one);
    return one;
  });
  return parts;
}

/** Whether `test` holds for every part of a normalizer or pre-tokenizer. */
export const everyPart = (part: Part | null, test: (part: Part) => boolean): boolean =>
  partsOf(part).every(test);
