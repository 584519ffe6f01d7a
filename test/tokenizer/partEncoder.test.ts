import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import library from 'sentencepiece-js';
import { partEncoder } from '../../src/tokenizer/partEncoder.ts';
import { PieceType, parseSentencePieceModel } from '../../src/tokenizer/sentencepieceModel.ts';
import { temporaryFolder } from '../support/files.ts';
import { golden, randomTexts } from './support.ts';

/** A piece as the bytes of a model file: appended to one, it gets the next id. */
function piece(text: string, score: number, type: number): Buffer {
  const value = Buffer.alloc(4);
  value.writeFloatLE(score);
  const name = Buffer.from(text);
  const parts = [
    Buffer.from([0x0a, name.length]),
    name,
    Buffer.from([0x15]),
    value,
    Buffer.from([0x18, type]),
  ];
  const message = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([0x0a, message.length]), message]);
}

describe('partEncoder', () => {
  const folder = temporaryFolder();
  const bpe = Buffer.from(golden.sentencepieceBpe.model, 'base64');
  const { normal, userDefined, unused } = PieceType;
  const ties = ['qz', 'zq', '▁▁', '▁▁▁', '▁▁▁▁'].map((text) => piece(text, -1e9, normal));
  const suffix = [0x12, 3, 0xc0, 0x01, 1]; // trainer_spec { treat_whitespace_as_suffix: true }
  const noPrefix = [0x1a, 2, 0x18, 0]; // normalizer_spec { add_dummy_prefix: false }
  const models = {
    'as trained': bpe,
    'with pieces of equal score': Buffer.concat([bpe, ...ties]),
    'with a user-defined piece': Buffer.concat([
      bpe,
      piece('th', 0, userDefined),
      piece('  ', 0, userDefined),
    ]),
    'with an unused piece': Buffer.concat([bpe, piece('qzq', 0, unused), piece('qz', -1, normal)]),
    'with no word start': Buffer.concat([bpe, Buffer.from(noPrefix)]),
    'with no word start and a user-defined piece': Buffer.concat([
      bpe,
      Buffer.from(noPrefix),
      piece('th', 0, userDefined),
    ]),
    'with pieces of U+FFFD': Buffer.concat([bpe, piece('\ufffd', -1, normal), piece('a\ufffd', 0, normal)]),
  };
  const texts = [
    ...golden.texts,
    ...golden.lines,
    ...randomTexts(1000, 4),
    ...[
      'qzqzq zqzq qzzq',
      'a  b   c    d     e',
      'a▁b ▁▁c▁',
      ' '.repeat(150),
      'the thing th',
      'a\ud800b\udc00',
      '\ufffd',
    ],
  ];

  /** The library alone: its ids of `text`, and of `text` behind a character that joins with nothing. */
  async function plain(bytes: Buffer) {
    const path = join(folder, 'plain.model');
    writeFileSync(path, bytes);
    const processor = new library.SentencePieceProcessor();
    await processor.load(path);
    const encode = (text: string) => (text === '' ? [] : processor.encodeIds(Buffer.from(text)));
    const opening = encode('\ue000').length;
    return { encode, encodeLater: (text: string) => encode(`\ue000${text}`).slice(opening) };
  }

  for (const [name, bytes] of Object.entries(models)) {
    it(`gives the library's ids, ${name}`, async () => {
      const { encode, encodeLater } = await plain(bytes);
      let asked = 0;
      const counted = (one: (text: string) => number[]) => (text: string) => {
        asked++;
        return one(text);
      };
      const model = parseSentencePieceModel(bytes, 'm');
      const byParts = partEncoder(model, counted(encode), counted(encodeLater));
      assert.ok(byParts);
      for (const round of ['first', 'from the cache']) {
        for (const text of texts) {
          assert.deepEqual(byParts(text, false), encode(text), `${round}: ${JSON.stringify(text)}`);
          assert.deepEqual(
            byParts(text, true),
            encodeLater(text),
            `${round}, later: ${JSON.stringify(text)}`,
          );
        }
      }
      const own = !/user-defined|unused/.test(name); // pieces that the merging here does not know
      assert.equal(asked < 40, own, `the library was asked ${asked} times`);
    });
  }

  it('leaves models to the library whose text may not be cut', () => {
    const takes = (bytes: Buffer) =>
      partEncoder(
        parseSentencePieceModel(bytes, 'm'),
        () => [],
        () => [],
      ) !== null;
    const with_ = (...more: number[]) => Buffer.concat([bpe, Buffer.from(more)]);
    assert.equal(takes(bpe), true);
    assert.equal(takes(Buffer.from(golden.sentencepieceUnigram.model, 'base64')), false);
    assert.equal(takes(with_(...suffix)), false);
    assert.equal(takes(with_(0x12, 3, 0x98, 0x02, 0)), false); // trainer_spec { byte_fallback: false }
    assert.equal(takes(with_(0x12, 2, 0x18, 1)), false); // trainer_spec { model_type: UNIGRAM }
    assert.equal(takes(with_(0x1a, 3, 0x12, 1, 0)), false); // normalizer_spec { precompiled_charsmap }
    assert.equal(takes(with_(0x1a, 2, 0x20, 1)), false); // normalizer_spec { remove_extra_whitespaces: true }
    assert.equal(takes(with_(0x1a, 2, 0x28, 0)), false); // normalizer_spec { escape_whitespaces: false }
  });
});
