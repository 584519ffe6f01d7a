/**
 * A SentencePiece `.model` as a `Tokenizer`. The library (SentencePiece itself, in WebAssembly) turns text into ids;
 * the model file tells the special ids and the pieces. Tokens that the files beside it add are found before
 * (`sentencepieceTokens.ts`).
 *
 * What is kept: with byte fallback and `removeExtraWhitespaces` off (Llama, Mistral) every character comes back, but
 * for a ▁ (U+2581) in the text, which SentencePiece takes for a space. Other models lose what their normalizer drops
 * (runs of spaces, compatibility forms) and characters without a piece. Control symbols such as `</s>` never come
 * from text, nor do special tokens; symbols that a model declares as user-defined do, where no file beside it calls
 * them special.
 */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { writeFileWhole, writeJson } from '../files.ts';
import { sentencePieceBytes } from './byteLengths.ts';
import { chatTemplateOf } from './chatTemplate.ts';
import { type NamedTokens, tokenOf } from './namedTokens.ts';
import { partEncoder } from './partEncoder.ts';
import { parseSentencePieceModel, type SentencePieceModel } from './sentencepieceModel.ts';
import { addedEncoder, pieceDecoder, specialTokens } from './sentencepieceTokens.ts';
import type { Tokenizer } from './tokenizer.ts';
import { companionTexts, fingerprintOf, type TokenizerFiles } from './tokenizerFiles.ts';
import { endAndPad, namedId, type Own, tokensByText, vocabularyOf } from './vocabulary.ts';

/** Loads the `.model` file `files.main`. Called by `loadTokenizer`. */
export async function loadSentencePiece(files: TokenizerFiles, named: NamedTokens): Promise<Tokenizer> {
  const { main, config } = files;
  const model = parseSentencePieceModel(files.bytes, main);
  const processor = await quietly(async () => {
    const { default: library } = await import('sentencepiece-js');
    const loaded = new library.SentencePieceProcessor();
    await loaded.load(main);
    return loaded;
  });
  const bytes = (text: string) => Buffer.from(text, 'utf8'); // the library mishandles a lone surrogate in a string
  const encode = (text: string) => (text === '' ? [] : processor.encodeIds(bytes(text)));

  const { pieces } = model;
  if (encode('a').length === 0) {
    // The library keeps the reason to itself. Equal pieces are one.
    throw new UserError(`${main}: expected a model that SentencePiece can run, got one that it refuses`);
  }
  const vocabulary = vocabularyOf(
    pieces.map((piece, id) => [piece, id]),
    [],
    named,
    main,
  );
  const known = (id: number) => (id >= 0 && id < pieces.length ? id : null);
  const own: Own = {
    main,
    vocabulary,
    eos: known(model.eosId),
    pad: known(model.padId),
    fix: 'add it to added_tokens.json beside it, or name another',
  };
  const { eos, pad } = endAndPad(files, named, own);
  const bosId = named.addBos === false ? null : (namedId(own, named.bos, 'begin') ?? known(model.bosId));

  let sentinel: { text: string; length: number } | undefined;
  const encodeLater = (text: string) => {
    sentinel ??= findSentinel(model, encode, main);
    return encode(sentinel.text + text).slice(sentinel.length);
  };
  const byParts = partEncoder(model, encode, encodeLater);
  const encodePlain = (text: string, continuing: boolean) => {
    if (byParts) return byParts(text, continuing);
    return continuing && text !== '' ? encodeLater(text) : encode(text);
  };
  const special = specialTokens(model, vocabulary);
  const beyond = vocabulary.added.filter(({ id }) => id >= pieces.length);
  const added = tokensByText(beyond.filter(({ content }) => !special.has(content)));
  const marksSections = model.addDummyPrefix && config.legacy !== false;
  const names = { eos_token: vocabulary.textOf(eos), pad_token: vocabulary.textOf(pad) };
  return {
    kind: 'sentencepiece',
    vocabSize: vocabulary.size,
    bosId,
    eosId: eos,
    padId: pad,
    fingerprint: fingerprintOf(files, [bosId, eos, pad], beyond),
    byteLengths: sentencePieceBytes(model, vocabulary),
    special,
    added,
    chatTemplate: chatTemplateOf(files, { ...named, byName: withOwnNames(model, files, named) }),
    marksSections,
    encode: addedEncoder({ model, special, added, marksSections }, encodePlain),
    decode: pieceDecoder(model, vocabulary),
    async save(dir) {
      if (await stat(join(dir, 'tokenizer.json')).catch(() => null)) {
        throw new UserError(
          `${dir}: expected no tokenizer.json, got one; remove it, it would be read before the .model`,
        );
      }
      await writeFileWhole(join(dir, 'tokenizer.model'), files.bytes);
      // Without a class, Python's AutoTokenizer would put no space before a text.
      const like = model.isBpe && model.byteFallback && model.addDummyPrefix ? 'LlamaTokenizer' : undefined;
      const begin = { tokenizer_class: like, bos_token: bosId === null ? null : vocabulary.textOf(bosId) };
      const said = { ...begin, ...config, add_bos_token: bosId !== null };
      await writeJson(join(dir, 'tokenizer_config.json'), { ...said, ...names });
      for (const [name, text] of companionTexts(files)) await writeFileWhole(join(dir, name), text);
    },
  };
}

/** The named tokens for a chat template: transformers takes begin, end and unknown from the model where no file says. */
function withOwnNames(
  { pieces, bosId, eosId, unkId }: SentencePieceModel,
  { config }: TokenizerFiles,
  { byName }: NamedTokens,
): NamedTokens['byName'] {
  const all = new Map(byName);
  for (const [name, id] of Object.entries({ bos_token: bosId, eos_token: eosId, unk_token: unkId })) {
    if (all.has(name) || name in config || pieces[id] === undefined) continue;
    all.set(name, tokenOf({ content: pieces[id], special: true }));
  }
  return all;
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
  const decode = pieceDecoder(model);
  for (const text of candidates) {
    const ids = encode(text);
    const byItself = ids.length > 0 && !ids.includes(model.unkId);
    if (byItself && decode(ids) === text) return { text, length: ids.length };
  }
  throw new UserError(
    `${where}: expected a piece to put before text that continues, got none that stands alone`,
  );
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
