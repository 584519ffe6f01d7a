/** A tokenizer that needs no file: one id a character, its code point; the end token is 1 and fills batches too. */
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';

export const characters: Tokenizer = {
  kind: 'huggingface',
  vocabSize: 0x110000,
  bosId: 2,
  eosId: 1,
  padId: 1,
  fingerprint: 'characters',
  special: new Map(),
  chatTemplate: null,
  marksSections: false,
  byteLengths: Float64Array.from({ length: 0x110000 }, (_, id) =>
    id < 0x80 ? 1 : id < 0x800 ? 2 : id < 0x10000 ? 3 : 4,
  ),
  encode: (text) => Array.from(text, (character) => character.codePointAt(0) as number),
  decode: (ids) => Array.from(ids, (id) => String.fromCodePoint(id)).join(''),
  save: async () => {},
};

/** The same with few pieces, which letters share. */
export const few: Tokenizer = {
  ...characters,
  vocabSize: 203,
  encode: (text) => characters.encode(text).map((id) => 3 + (id % 200)),
  decode: (ids) => characters.decode(Array.from(ids, (id) => 0xac00 + id)),
};

/** An example of one turn in Korean and English. */
export const koEn = (id: string, ko: string, en: string) => ({
  id,
  turns: { ko: [{ instruction: `${ko}?`, response: ko }], en: [{ instruction: `${en}?`, response: en }] },
});
