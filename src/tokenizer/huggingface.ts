/**
 * A Hugging Face `tokenizer.json` as a `Tokenizer`, run by transformers.js. Special tokens are a matter of ids here,
 * never of text: the library gets a copy of the file in which it cannot find them.
 *
 * Byte-level BPE gives every text back unchanged. Other models keep what their normalizer keeps.
 */

import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { writeFileWhole, writeJson } from '../files.ts';
import { tokenizerJsonBytes } from './byteLengths.ts';
import { chatTemplateOf } from './chatTemplate.ts';
import type { SpecialToken, Tokenizer } from './tokenizer.ts';
import {
  companionTexts,
  fingerprintOf,
  type Json,
  type NamedTokens,
  noEndToken,
  parseObject,
  type TokenizerFiles,
} from './tokenizerFiles.ts';
import {
  type AddedToken,
  countIds,
  forContinuing,
  forPlainText,
  marksSections,
  type TokenizerJson,
  tokenId,
  tokenText,
} from './tokenizerJson.ts';
import { wordEncoder } from './wordEncoder.ts';

/** Loads the tokenizer.json `files.main`. Called by `loadTokenizer`. */
export async function loadHuggingFace(files: TokenizerFiles, named: NamedTokens): Promise<Tokenizer> {
  const { main, config } = files;
  const text = new TextDecoder().decode(files.bytes);
  const json = checked(parseObject(text, main), config, main);
  const vocabSize = countIds(json);

  const idOf = (token: string | number | null, what: string): number | null => {
    if (token === null) return null;
    const id = typeof token === 'string' ? tokenId(json, token) : token;
    if (id !== null && id < vocabSize) return id;
    const fix = 'add it to added_tokens or name another';
    throw new UserError(`${main}: expected the ${what} token to be in its vocabulary, got ${token}; ${fix}`);
  };
  const eosId = idOf(named.eos, 'end') ?? idOf(named.eosFallback, 'end');
  if (eosId === null) throw noEndToken(files);
  const padId = idOf(named.pad, 'pad') ?? eosId;
  const bosNamed = idOf(named.bos, 'begin');

  const { PreTrainedTokenizer } = await import('@xenova/transformers');
  const make = (one: TokenizerJson) => {
    try {
      return new PreTrainedTokenizer(one, {}); // what it would take from the config is settled here
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new UserError(`${main}: expected a tokenizer.json that transformers.js can run, got: ${reason}`);
    }
  };
  const opening = openingToken(json);
  const bosId = named.addBos === false ? null : named.addBos ? bosNamed : idOf(opening, 'begin');

  const special = new Set(json.added_tokens.filter((token) => token.special).map((token) => token.id));
  for (const id of [eosId, padId, bosNamed]) if (id !== null) special.add(id);
  const plain = forPlainText(json, special);
  const continued = forContinuing(plain);
  const library = make(plain);
  keepByteOrderMark(library._tokenizer.decoder);
  const first = wordEncoder(library, plain);
  let later = continued === plain ? first : undefined;
  return {
    kind: 'huggingface',
    vocabSize,
    bosId,
    eosId,
    padId,
    fingerprint: fingerprintOf(files, [bosId, eosId, padId]),
    byteLengths: tokenizerJsonBytes(json, vocabSize),
    special: specialTokens(json, special),
    chatTemplate: chatTemplateOf(files, named),
    marksSections: marksSections(plain),
    encode(one, options) {
      if (!options?.continuing) return first(one);
      later ??= wordEncoder(make(continued), continued);
      return later(one);
    },
    decode(ids) {
      const kept: number[] = [];
      for (let i = 0; i < ids.length; i++) if (ids[i] < vocabSize && !special.has(ids[i])) kept.push(ids[i]);
      return kept.length === 0 ? '' : library.decode(kept, { clean_up_tokenization_spaces: false });
    },
    async save(dir) {
      const tokens = { eos_token: tokenText(json, eosId), pad_token: tokenText(json, padId) };
      const bos = bosId === null ? {} : { bos_token: tokenText(json, bosId), add_bos_token: true };
      await writeFileWhole(join(dir, 'tokenizer.json'), files.bytes);
      await writeJson(join(dir, 'tokenizer_config.json'), { ...config, ...tokens, ...bos });
      for (const [name, content] of companionTexts(files)) await writeFileWhole(join(dir, name), content);
    },
  };
}

function specialTokens(json: TokenizerJson, ids: Set<number>): Map<string, SpecialToken> {
  const added = new Map(json.added_tokens.map((token) => [token.id, token]));
  const described = [...ids].map((id): [string | null, SpecialToken] => {
    const { lstrip = false, rstrip = false } = added.get(id) ?? {};
    return [tokenText(json, id), { id, lstrip, rstrip }];
  });
  return new Map(described.filter((entry): entry is [string, SpecialToken] => entry[0] !== null));
}

/** `json` as a tokenizer.json, with the keys that old files leave out and the tokens that only the config adds. */
function checked(json: Json, config: Json, where: string): TokenizerJson {
  const model = json.model as Json | undefined;
  if (
    typeof model !== 'object' ||
    model === null ||
    typeof model.vocab !== 'object' ||
    model.vocab === null
  ) {
    const got = `an object with ${Object.keys(json).slice(0, 5).join(', ') || 'nothing'}`;
    throw new UserError(
      `${where}: expected a tokenizer.json with model.vocab, got ${got}; is it another JSON file?`,
    );
  }
  const known = (json.added_tokens ?? []) as AddedToken[];
  const ids = new Set(known.map((token) => token.id));
  const more = Object.entries((config.added_tokens_decoder ?? {}) as Record<string, Omit<AddedToken, 'id'>>)
    .map(([id, token]) => ({ ...token, id: Number(id) }))
    .filter((token) => !ids.has(token.id));
  const empty = { normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  return { ...empty, ...json, added_tokens: [...known, ...more] } as unknown as TokenizerJson;
}

/** The token that the post-processor puts before a single text, or null. */
function openingToken(json: TokenizerJson): string | null {
  const post = json.post_processor;
  const parts = post?.type === 'Sequence' ? (post.processors as Json[]) : post ? [post] : [];
  for (const part of parts) {
    if (part.type === 'TemplateProcessing') {
      const single = part.single as { SpecialToken?: { id: string } }[];
      return single[0]?.SpecialToken?.id ?? null;
    }
    if ((part.type === 'BertProcessing' || part.type === 'RobertaProcessing') && Array.isArray(part.cls)) {
      return String(part.cls[0]);
    }
  }
  return null;
}

/** Has the library's ByteFallback decoders keep a U+FEFF at the front of their bytes, as Python's do. */
function keepByteOrderMark(decoder: unknown): void {
  const { decoders = [], text_decoder } = (decoder ?? {}) as {
    decoders?: unknown[];
    text_decoder?: TextDecoder;
  };
  for (const one of decoders) keepByteOrderMark(one);
  if (text_decoder && !text_decoder.ignoreBOM) {
    Object.assign(decoder as object, { text_decoder: new TextDecoder('utf-8', { ignoreBOM: true }) });
  }
}
