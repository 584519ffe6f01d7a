/**
 * A Hugging Face `tokenizer.json` as a `Tokenizer`, run by Hugging Face's own library (`engine/`). Text never gives a
 * special token: the library gets a copy of the file without the special tokens.
 *
 * Byte-level BPE gives every text back unchanged. Other models keep what their normalizer keeps.
 */

import { join } from 'node:path';
import { messageOf, UserError } from '../errors.ts';
import { writeFileWhole, writeJson } from '../files.ts';
import { warn } from '../warn.ts';
import { tokenizerJsonBytes } from './byteLengths.ts';
import { chatTemplateOf } from './chatTemplate.ts';
import { type Pipeline, pipelineOf } from './engine/pipeline.ts';
import { type IdMap, idMap } from './idMap.ts';
import type { NamedTokens } from './namedTokens.ts';
import { openingToken } from './openingToken.ts';
import { forContinuing, forPlainText, marksSections } from './plainJson.ts';
import type { EncodeOptions, SpecialToken, Tokenizer } from './tokenizer.ts';
import { companionTexts, fingerprintOf, type TokenizerFiles, textOf } from './tokenizerFiles.ts';
import {
  type AddedToken,
  modelTokens,
  parseTokenizerJson,
  partNames,
  sharedId,
  shown,
} from './tokenizerJson.ts';
import { endAndPad, namedId, type Own, tokensByText, type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** Loads the tokenizer.json `files.main`. Called by `loadTokenizer`. */
export async function loadHuggingFace(files: TokenizerFiles, named: NamedTokens): Promise<Tokenizer> {
  try {
    return await load(files, named);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(
      `${files.main}: expected a tokenizer.json, got one that cannot be read: ${messageOf(error)}`,
    );
  }
}

async function load(files: TokenizerFiles, named: NamedTokens): Promise<Tokenizer> {
  const { main, config } = files;
  const json = parseTokenizerJson(textOf(files.bytes, main), main);
  const tokens = modelTokens(json.model);
  const vocabulary = vocabularyOf(tokens, json.added_tokens, named, main);
  const fix = 'add it to added_tokens or name another';
  const own: Own = { main, vocabulary, eos: null, pad: null, fix };
  const { eos, pad } = endAndPad(files, named, own);
  const bos = namedId(own, openingToken(json.post_processor, main), 'begin');
  const special = specialTokens(vocabulary, [bos, eos, pad, namedId(own, named.bos, 'begin')]);
  const plainOnly = (tokens: AddedToken[]) => tokens.filter(({ content }) => !special.has(content));
  const added = plainOnly(vocabulary.added);
  const additions = plainOnly(vocabulary.additions);

  const shared = sharedId(tokens);
  if (shared) {
    const [one, other, id] = shared;
    warn(
      `${main}: the tokens ${shown(one)} and ${shown(other)} both have id ${id}, so the text of this id is not certain; ` +
        'is the file damaged?',
    );
  }
  if (json.model.dropout) {
    warn(
      `${main}: model.dropout is ${json.model.dropout}; it is left out, so that a text has the same ids each time`,
    );
  }
  const specialTexts = new Set(special.keys());
  const plain = forPlainText(json, tokens, additions, specialTexts);
  const again = () => {
    const parsed = parseTokenizerJson(textOf(files.bytes, main), main);
    return forPlainText(parsed, modelTokens(parsed.model), additions, specialTexts).json;
  };
  const parts = partNames(plain.json);
  let made: string | null = JSON.stringify(plain.json);
  const first = pipelineOf(
    () => {
      const text = made ?? JSON.stringify(again());
      made = null; // it is large, and rarely asked for again
      return text;
    },
    main,
    parts,
  );
  const opened = first.open(added.map(({ content }) => content));
  const later =
    forContinuing(plain.json) === plain.json
      ? first
      : pipelineOf(() => JSON.stringify(forContinuing(again())), main, parts);
  const byteLengths = tokenizerJsonBytes(json, tokens, vocabulary);
  const asked = await opened;
  const ids = idMap(
    plain.ids,
    added.map(({ id }, i) => [id, asked[i]]),
  );

  const { size } = vocabulary;
  const leftOut = new Set([...special.values()].map(({ id }) => id));
  const names = { eos_token: vocabulary.textOf(eos), pad_token: vocabulary.textOf(pad) };
  const begin = bos === null ? {} : { bos_token: vocabulary.textOf(bos), add_bos_token: true };
  return {
    kind: 'huggingface',
    vocabSize: size,
    bosId: bos,
    eosId: eos,
    padId: pad,
    fingerprint: fingerprintOf(files, [bos, eos, pad], [[...specialTexts].sort(), added]),
    byteLengths,
    special,
    added: tokensByText(added),
    chatTemplate: chatTemplateOf(files, named),
    marksSections: marksSections(plain.json),
    ...encoders(first, later, ids),
    decode(some) {
      const kept = Array.from(some).filter((id) => id >= 0 && id < size && !leftOut.has(id));
      return kept.length === 0 ? '' : first.decode(ids.toCopy(kept));
    },
    async save(dir) {
      await writeFileWhole(join(dir, 'tokenizer.json'), files.bytes);
      await writeJson(join(dir, 'tokenizer_config.json'), { ...config, ...names, ...begin });
      for (const [name, content] of companionTexts(files)) await writeFileWhole(join(dir, name), content);
    },
  };
}

/** @param later the pipeline for text that goes on, which may be the same as the `first` */
function encoders(
  first: Pipeline,
  later: Pipeline,
  ids: IdMap,
): Required<Pick<Tokenizer, 'encode' | 'starts' | 'encodeBatch'>> {
  const pipelineFor = (options: EncodeOptions | undefined) => (options?.continuing ? later : first);
  return {
    encode: (text, options) =>
      text === '' ? [] : Array.from(ids.toFile(pipelineFor(options).encode([text])[0])),
    starts: (text, options) =>
      text === '' ? [] : Array.from(inUnits(text, pipelineFor(options).starts([text])[0])),
    async encodeBatch(texts) {
      const found: Int32Array[] = new Array(texts.length);
      const ask = async (pipeline: Pipeline, starts: boolean) => {
        const at = [...texts.keys()].filter(
          (i) => pipelineFor(texts[i]) === pipeline && (texts[i].starts ?? false) === starts,
        );
        if (at.length === 0) return;
        const some = at.map((i) => texts[i].text);
        const given = await (starts ? pipeline.startsLater(some) : pipeline.encodeLater(some));
        at.forEach((i, j) => {
          found[i] = starts ? inUnits(texts[i].text, given[j]) : ids.toFile(given[j]);
        });
      };
      const kinds = [...new Set([first, later])].flatMap((pipeline) =>
        [false, true].map((starts) => ask(pipeline, starts)),
      );
      await Promise.all(kinds);
      return found;
    },
  };
}

/** Places in a text, counted in code points, in UTF-16 units. */
function inUnits(text: string, places: Int32Array): Int32Array {
  if (!/[\u{10000}-\u{10ffff}]/u.test(text)) return places;
  const units: number[] = [];
  let at = 0;
  for (const character of text) {
    units.push(at);
    at += character.length;
  }
  return places.map((place) => units[place] ?? at);
}

/** The special tokens by their text, those of `ids` included. */
function specialTokens({ added, textOf }: Vocabulary, ids: (number | null)[]): Map<string, SpecialToken> {
  const special = tokensByText(added.filter((token) => token.special || ids.includes(token.id)));
  for (const id of ids) {
    const content = id === null ? null : textOf(id);
    if (id === null || content === null || special.has(content)) continue;
    special.set(content, { id, lstrip: false, rstrip: false });
  }
  return special;
}
