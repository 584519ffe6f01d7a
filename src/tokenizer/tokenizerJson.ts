/**
 * The Hugging Face `tokenizer.json` as this project reads it: its types, and the check that a file has the parts and the
 * ids that everything after relies on. What its parts do is the library's matter.
 */
import { UserError } from '../errors.ts';
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
    `${where}: expected the id of ${JSON.stringify(token)} to be a whole number from 0 to ${idLimit - 1}, ` +
      `got ${JSON.stringify(id)}; is the file damaged?`,
  );
}

/** Parses a tokenizer.json. @throws UserError where it is none */
export function parseTokenizerJson(text: string, where: string): TokenizerJson {
  const json = parseObject(text, where);
  const model = json.model as Model | null | undefined;
  if (typeof model !== 'object' || typeof model?.vocab !== 'object' || model.vocab === null) {
    const got = `an object with ${Object.keys(json).slice(0, 5).join(', ') || 'nothing'}`;
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
  const added = json.added_tokens ?? [];
  if (!Array.isArray(added)) throw new UserError(`${where}: expected added_tokens to be a list`);
  for (const token of added) checkAdded(token, where);
  const empty = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  return { ...empty, ...json, added_tokens: added } as unknown as TokenizerJson;
}

function checkAdded(token: Partial<AddedToken> | null, where: string): void {
  if (typeof token?.content !== 'string') {
    throw new UserError(
      `${where}: expected every added token to have a content, got ${JSON.stringify(token)}`,
    );
  }
  checkId(token.id, token.content, where);
}

/** The tokens of the model with their ids, without those added. @throws UserError where there are too many, or an id is none */
export function modelTokens({ vocab }: Model, where: string): [string, number][] {
  const tokens: [string, number][] = Array.isArray(vocab)
    ? vocab.map(([piece], id) => [piece, id])
    : Object.entries(vocab);
  if (tokens.length > idLimit) {
    throw new UserError(
      `${where}: expected at most ${idLimit} tokens, got ${tokens.length}; is it a tokenizer's file?`,
    );
  }
  for (const [token, id] of tokens) checkId(id, token, where);
  return tokens;
}

/** Which of the four kinds a model is, also in old files that do not say it. */
export function modelKind(model: Model): 'BPE' | 'Unigram' | 'WordPiece' | 'WordLevel' {
  if (Array.isArray(model.vocab)) return 'Unigram';
  if (Array.isArray(model.merges)) return 'BPE';
  return 'max_input_chars_per_word' in model ? 'WordPiece' : 'WordLevel';
}

/** Replaces each part by `change(part)`, going into sequences; null takes a part out. */
export function mapParts(part: Part | null, change: (part: Part) => Part | null): Part | null {
  if (part?.type !== 'Sequence') return part && change(part);
  const key = ['normalizers', 'pretokenizers', 'decoders'].find((name) => name in part) ?? 'pretokenizers';
  const parts = (part[key] as Part[]).map((one) => mapParts(one, change)).filter((one) => one !== null);
  return { ...part, [key]: parts };
}

/** The parts and their types, for an error. */
export function partNames({ normalizer, pre_tokenizer, decoder, model }: TokenizerJson): string {
  const named = Object.entries({ normalizer, pre_tokenizer, decoder }).flatMap(([name, part]) => {
    const types: string[] = [];
    everyPart(part, ({ type }) => types.push(type) > 0);
    return types.length > 0 ? [`${name} ${types.join(' + ')}`] : [];
  });
  return [...named, `model ${model.type ?? modelKind(model)}`].join(', ');
}

/** Whether `test` holds for every part of a normalizer or pre-tokenizer. */
export function everyPart(part: Part | null, test: (part: Part) => boolean): boolean {
  let every = true;
  mapParts(part, (one) => {
    every &&= test(one);
    return one;
  });
  return every;
}
