/**
 * A SentencePiece `.model` as a `Tokenizer`. The library (SentencePiece itself, in WebAssembly) turns text into ids;
 * the model file tells the special ids and the pieces, from which text is put together again here.
 *
 * What is kept: with byte fallback and `removeExtraWhitespaces` off (Llama, Mistral) every character comes back, but
 * for a ▁ (U+2581) in the text, which SentencePiece takes for a space. Other models lose what their normalizer drops
 * (runs of spaces, compatibility forms) and characters without a piece. Control symbols such as `</s>` never come
 * from text; symbols that a model declares as user-defined do, in every implementation of SentencePiece.
 */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { writeFileWhole, writeJson } from '../files.ts';
import { sentencePieceBytes } from './byteLengths.ts';
import { chatTemplateOf } from './chatTemplate.ts';
import { partEncoder } from './partEncoder.ts';
import { PieceType, parseSentencePieceModel, type SentencePieceModel } from './sentencepieceModel.ts';
import type { SpecialToken, Tokenizer } from './tokenizer.ts';
import {
  companionTexts,
  fingerprintOf,
  type NamedTokens,
  noEndToken,
  type TokenizerFiles,
} from './tokenizerFiles.ts';

/** Loads the `.model` file `files.main`. Called by `loadTokenizer`. */
export async function loadSentencePiece(files: TokenizerFiles, named: NamedTokens): Promise<Tokenizer> {
  const model = parseSentencePieceModel(files.bytes, files.main);
  const processor = await quietly(async () => {
    const { default: library } = await import('sentencepiece-js');
    const loaded = new library.SentencePieceProcessor();
    await loaded.load(files.main);
    return loaded;
  });
  const bytes = (text: string) => Buffer.from(text, 'utf8'); // the library mishandles a lone surrogate in a string
  const encode = (text: string) => (text === '' ? [] : processor.encodeIds(bytes(text)));

  const { pieces } = model;
  if (encode('a').length === 0) {
    // The library keeps the reason to itself. Equal pieces are one.
    throw new UserError(
      `${files.main}: expected a model that SentencePiece can run, got one that it refuses`,
    );
  }
  const idOf = (token: string | number | null, what: string): number | null => {
    if (token === null) return null;
    const id = typeof token === 'number' ? token : pieces.indexOf(token);
    if (id >= 0 && id < pieces.length) return id;
    const fix = 'a token added beside the .model needs a tokenizer.json';
    throw new UserError(
      `${files.main}: expected the ${what} token to be one of its pieces, got ${token}; ${fix}`,
    );
  };
  const known = (id: number) => (id >= 0 && id < pieces.length ? id : null);
  const eosId = idOf(named.eos, 'end') ?? known(model.eosId) ?? idOf(named.eosFallback, 'end');
  if (eosId === null) throw noEndToken(files);
  const bosId = named.addBos === false ? null : (idOf(named.bos, 'begin') ?? known(model.bosId));
  const padId = idOf(named.pad, 'pad') ?? known(model.padId) ?? eosId;

  let sentinel: { text: string; length: number } | undefined;
  const encodeLater = (text: string) => {
    sentinel ??= findSentinel(model, encode, files.main);
    return encode(sentinel.text + text).slice(sentinel.length);
  };
  const byParts = partEncoder(model, encode, encodeLater);
  return {
    kind: 'sentencepiece',
    vocabSize: pieces.length,
    bosId,
    eosId,
    padId,
    fingerprint: fingerprintOf(files, [bosId, eosId, padId]),
    byteLengths: sentencePieceBytes(model),
    special: specialPieces(model),
    chatTemplate: chatTemplateOf(files, named),
    marksSections: model.addDummyPrefix && files.config.legacy !== false,
    encode(text, options) {
      const continuing = options?.continuing === true && text !== '';
      if (byParts) return byParts(text, continuing);
      return continuing ? encodeLater(text) : encode(text);
    },
    decode: (ids) => decodePieces(model, ids),
    async save(dir) {
      if (await stat(join(dir, 'tokenizer.json')).catch(() => null)) {
        throw new UserError(
          `${dir}: expected no tokenizer.json, got one; remove it, it would be read before the .model`,
        );
      }
      await writeFileWhole(join(dir, 'tokenizer.model'), files.bytes);
      // Without a class, Python's AutoTokenizer would put no space before a text.
      const like = model.isBpe && model.byteFallback && model.addDummyPrefix ? 'LlamaTokenizer' : undefined;
      const config = {
        tokenizer_class: like,
        bos_token: bosId === null ? null : pieces[bosId],
        ...files.config,
        add_bos_token: bosId !== null,
      };
      const tokens = { eos_token: pieces[eosId], pad_token: pieces[padId] };
      await writeJson(join(dir, 'tokenizer_config.json'), { ...config, ...tokens });
      for (const [name, text] of companionTexts(files)) await writeFileWhole(join(dir, name), text);
    },
  };
}

/** Control symbols by their text. */
function specialPieces({ pieces, types }: SentencePieceModel): Map<string, SpecialToken> {
  const ids = [...pieces.keys()].filter((id) => types[id] === PieceType.control);
  return new Map(ids.map((id) => [pieces[id], { id, lstrip: false, rstrip: false }]));
}

/**
 * A character to put before text that continues: it takes the dummy prefix, joins with nothing after it, and has a
 * fixed number of ids to drop again. With byte fallback that is one for private use, else a rarely used piece.
 */
function findSentinel(model: SentencePieceModel, encode: (text: string) => number[], where: string) {
  const whole = new Set(model.pieces);
  const uses = new Map<string, number>();
  for (const piece of whole) for (const char of new Set(piece)) uses.set(char, (uses.get(char) ?? 0) + 1);
  const alone = (char: string) => uses.get(char) === Number(whole.has(char)) + Number(whole.has(`▁${char}`));
  const candidates = model.byteFallback
    ? Array.from({ length: 16 }, (_, i) => String.fromCodePoint(0xe000 + i)).filter((char) => !uses.has(char))
    : [...whole].filter((char) => /^[\p{Script=Han}\p{P}\p{So}]$/u.test(char) && char !== '▁' && alone(char));
  for (const text of candidates) {
    const ids = encode(text);
    const byItself = ids.length > 0 && !ids.includes(model.unkId);
    if (byItself && decodePieces(model, ids) === text) return { text, length: ids.length };
  }
  throw new UserError(
    `${where}: expected a piece to put before text that continues, got none that stands alone`,
  );
}

/** Text of `ids`: control symbols left out, byte pieces joined, the dummy prefix taken off. */
function decodePieces(model: SentencePieceModel, ids: ArrayLike<number>): string {
  const { pieces, types } = model;
  const parts: Buffer[] = [];
  for (let i = 0; i < ids.length; i++) {
    const type = types[ids[i]];
    if (type === undefined || type === PieceType.control) continue;
    const piece = pieces[ids[i]];
    if (type === PieceType.byte) parts.push(Buffer.from([Number.parseInt(piece.slice(3, 5), 16)]));
    else if (type === PieceType.unknown) parts.push(Buffer.from(' ⁇ '));
    else {
      const prefix = parts.length === 0 && (model.addDummyPrefix || model.removeExtraWhitespaces);
      const text = prefix && piece.startsWith('▁') ? piece.slice(1) : piece;
      parts.push(Buffer.from(text.replaceAll('▁', ' ')));
    }
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(Buffer.concat(parts));
}

/** Runs `load` and takes off the process-wide error handlers that the WebAssembly glue installs meanwhile. */
async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const glue = { uncaughtException: 'ExitStatus', unhandledRejection: 'throw reason' };
  const before = new Set(Object.keys(glue).flatMap((event) => process.rawListeners(event)));
  const loaded = await load();
  for (const [event, source] of Object.entries(glue)) {
    for (const listener of process.rawListeners(event) as ((...args: unknown[]) => void)[]) {
      if (!before.has(listener) && String(listener).includes(source)) process.off(event, listener);
    }
  }
  return loaded;
}
