import assert from 'node:assert/strict';
import { PreTrainedTokenizer } from '@xenova/transformers';
import { trainBpe } from '../../src/tokenizer/bpe.ts';
import { byteBpe, characterBpe } from '../../src/tokenizer/bpeEncode.ts';
import { forPlainText, type TokenizerJson } from '../../src/tokenizer/tokenizerJson.ts';
import { detached, remember, wordEncoder } from '../../src/tokenizer/wordEncoder.ts';
import { golden, randomTexts } from './support.ts';

describe('wordEncoder', () => {
  const trained = trainBpe(golden.lines, { vocabSize: 600 });
  const added = { id: 600, content: 'dog, a', special: false, normalized: false };
  const lone = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  const withWord = { ...(trained.model.vocab as Record<string, number>), Ġlazy: 601, Ġjump: 602 };
  const variants: Record<string, TokenizerJson> = {
    'as trained': trained,
    'with whole words first': {
      ...trained,
      model: { ...trained.model, vocab: withWord, ignore_merges: true },
    },
    'with NFC': { ...trained, normalizer: { type: 'NFC' } },
    "with GPT-2's split": { ...trained, pre_tokenizer: lone },
    'over characters': golden.llamaLike.json,
    'over characters, behind Metaspace': {
      ...golden.llamaLike.json,
      normalizer: null,
      pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
    },
    'with an added token': {
      ...trained,
      added_tokens: [{ ...added, single_word: false, lstrip: false, rstrip: false }],
    },
  };
  const texts = [
    ...golden.texts,
    ...golden.lines,
    ...randomTexts(400, 2),
    'quick dog, and',
    'The dog, a cat',
  ];

  for (const [name, json] of Object.entries(variants)) {
    it(`gives the library's ids, ${name}`, () => {
      const plain = forPlainText(json, new Set([0]));
      const library = new PreTrainedTokenizer(plain, {});
      let asked = 0;
      const counted = Object.assign(Object.create(library), {
        encode(text: string) {
          asked++;
          return library.encode(text, { add_special_tokens: false });
        },
      });
      const encode = wordEncoder(counted, plain);
      for (const round of ['first', 'from the cache']) {
        for (const text of texts) {
          const expected = text === '' ? [] : library.encode(text, { add_special_tokens: false });
          assert.deepEqual(encode(text), expected, `${round}: ${JSON.stringify(text)}`);
        }
      }
      assert.ok(asked < texts.length / 4, `the library was asked ${asked} times`);
    });
  }

  it('leaves other kinds of model to the library', () => {
    const takes = (json: TokenizerJson) => [
      byteBpe(json) !== null,
      characterBpe(json, (encode) => encode) !== null,
    ];
    assert.deepEqual(takes(trained), [true, false]);
    assert.deepEqual(takes(golden.llamaLike.json), [false, true]);
    assert.deepEqual(takes(golden.metaspace.json), [false, false]);
    const dropout = { ...trained, model: { ...trained.model, dropout: 0.1 } };
    assert.deepEqual(takes(dropout), [false, false]);
  });

  it('asks once for a part that comes again, unless it is long', () => {
    const asked: string[] = [];
    const encode = remember((part) => {
      asked.push(part);
      return [part.length];
    });
    const long = 'a'.repeat(65);
    for (const part of ['ab', 'ab', 'c', 'ab', long, long]) assert.deepEqual(encode(part), [part.length]);
    assert.deepEqual(asked, ['ab', 'c', long, long]);
  });

  it('detaches a word from its text without changing it', () => {
    for (const word of ['a', '한국어 응답', '\ud800x', '😀']) assert.equal(detached(word), word);
  });
});
