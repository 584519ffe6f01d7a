import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bpeTokenizer, trainBpe, wordPattern, writeBpe } from '../../src/tokenizer/bpe.ts';
import { findMerges, WordCounter } from '../../src/tokenizer/bpeMerges.ts';
import { byteCharacters } from '../../src/tokenizer/byteLevel.ts';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import { temporaryFolder } from '../support/files.ts';
import { golden, randomTexts } from './support.ts';

/** The merges as the definition has it: count all pairs anew before each merge. */
function slowMerges(words: Map<string, number>, merges: number, minFrequency: number): [number, number][] {
  const parts = [...words].map(([word, count]) => ({ ids: [...Buffer.from(word)], count }));
  const found: [number, number][] = [];
  while (found.length < merges) {
    const counts = new Map<string, number>();
    for (const { ids, count } of parts) {
      for (let i = 1; i < ids.length; i++) {
        const key = `${ids[i - 1]} ${ids[i]}`;
        counts.set(key, (counts.get(key) ?? 0) + count);
      }
    }
    const ranked = [...counts].map(([key, count]) => ({ pair: key.split(' ').map(Number), count }));
    ranked.sort((a, b) => b.count - a.count || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1]);
    if (!ranked[0] || ranked[0].count < minFrequency) break;
    const [left, right] = ranked[0].pair;
    for (const part of parts) {
      const merged: number[] = [];
      for (let i = 0; i < part.ids.length; i++) {
        const match = part.ids[i] === left && part.ids[i + 1] === right;
        merged.push(match ? 256 + found.length : part.ids[i]);
        if (match) i++;
      }
      part.ids = merged;
    }
    found.push([left, right]);
  }
  return found;
}

describe('trainBpe', () => {
  const folder = temporaryFolder();
  const byteIds = byteCharacters.map((_, byte) => byte);

  it("gives the file whose vocabulary and merges Python's BpeTrainer gave", () => {
    const json = JSON.stringify(trainBpe(golden.lines, golden.own));
    assert.equal(createHash('sha256').update(json).digest('hex'), golden.own.sha256);
  });

  it('finds the merges that counting all pairs anew finds', () => {
    for (let seed = 1; seed <= 5; seed++) {
      // Few different letters, so that pairs overlap (aaaa) and tie often.
      const words = new Map<string, number>();
      for (const text of randomTexts(60, seed)) {
        const word = text.replace(/[^\0]/gu, (char) => 'abc'[(char.codePointAt(0) ?? 0) % 3]);
        words.set(word, (words.get(word) ?? 0) + 1);
      }
      assert.deepEqual(findMerges(words, byteIds, 256, 316, 2), slowMerges(words, 60, 2));
    }
  });

  it('does not merge pairs seen less often than minFrequency', () => {
    const words = new Map([
      ['ab', 3],
      ['cd', 2],
    ]);
    const [a, b] = Buffer.from('ab');
    assert.deepEqual(findMerges(words, byteIds, 256, 300, 3), [[a, b]]);
    assert.equal(findMerges(words, byteIds, 256, 300, 2).length, 2);
  });

  it('takes the pair of lowest ids where several are seen equally often', () => {
    const pairs = findMerges(
      new Map([
        ['zy', 2],
        ['ba', 2],
        ['bc', 2],
      ]),
      byteIds,
      256,
      300,
      2,
    );
    assert.deepEqual(
      pairs.map((pair) => String.fromCharCode(...pair)),
      ['ba', 'bc', 'zy'],
    );
  });

  it('splits words at single digits, and keeps marks with their letters and Hangul and Han together', () => {
    const words = (text: string) => {
      const counter = new WordCounter(wordPattern);
      counter.add(text);
      return [...counter.counts.keys()];
    };
    assert.deepEqual(words('in 1984'), ['in', ' ', '1', '9', '8', '4']);
    assert.deepEqual(words('cafe\u0301s here'), ['cafe\u0301s', ' here']);
    assert.deepEqual(words('한국어 응답:\n\n答案是'), ['한국어', ' 응답', ':\n\n', '答案是']);
    // White space as Unicode has it: with U+0085, without U+FEFF.
    assert.deepEqual(words('!\u0085\u0085'), ['!', '\u0085\u0085']);
    assert.deepEqual(words('\ufeff\ufeff!'), ['\ufeff\ufeff!']);
  });

  it('stops where the text has no more pairs', () => {
    const json = trainBpe(['aaaa aaaa'], { vocabSize: 1000 });
    const { vocab } = json.model;
    assert.deepEqual(Object.keys(vocab).slice(257), ['aa', 'aaaa']);
  });

  it('makes chat markers special when asked, and only then', async () => {
    const markers = ['<|endoftext|>', '<|user|>', '<|assistant|>'];
    const text = '<|user|>\nhi\n<|assistant|>\n';
    const plain = await bpeTokenizer(trainBpe(golden.lines, { vocabSize: 400 }));
    const special = await bpeTokenizer(trainBpe(golden.lines, { vocabSize: 400, specialTokens: markers }));
    assert.equal(plain.decode(plain.encode(text)), text);
    assert.equal(special.decode(special.encode(text)), text);
    assert.equal(special.decode([1, ...special.encode('hi'), 2]), 'hi');
  });

  it('writes the roles of its special tokens', async () => {
    const specialTokens = ['<|endoftext|>', '<|begin|>', '<|end|>', '<|pad|>'];
    const json = trainBpe(golden.lines, { vocabSize: 300, specialTokens });
    await writeBpe(folder, json, { bos: '<|begin|>', eos: '<|end|>', pad: '<|pad|>' });
    const tokenizer = await loadTokenizer(folder);
    assert.deepEqual(
      [tokenizer.bosId, tokenizer.eosId, tokenizer.padId, tokenizer.vocabSize],
      [1, 2, 3, 300],
    );
    await writeBpe(folder, json, { eos: '<|end|>' });
    assert.equal((await loadTokenizer(folder)).padId, 2);
    await writeBpe(folder, json);
    const unsaid = await loadTokenizer(folder);
    assert.deepEqual([unsaid.bosId, unsaid.eosId, unsaid.padId], [null, 0, 0]);
    const config = JSON.parse(readFileSync(join(folder, 'tokenizer_config.json'), 'utf8'));
    assert.equal(config.clean_up_tokenization_spaces, false);
  });

  it('says what is wrong', async () => {
    assert.throws(() => trainBpe([], { vocabSize: 200 }), /vocabSize must be an integer >= 257 .*, got 200/);
    assert.throws(
      () => trainBpe([], { vocabSize: 300, specialTokens: ['a', 'a'] }),
      /specialTokens must be different/,
    );
    const json = trainBpe([], { vocabSize: 300 });
    await assert.rejects(
      writeBpe(folder, json, { eos: '<|end|>' }),
      /must hold <\|end\|>, got <\|endoftext\|>; add it/,
    );
  });
});
