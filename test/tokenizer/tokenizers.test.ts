import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { temporaryFolder } from '../support/files.ts';
import { cases, golden, randomTexts } from './support.ts';

const openings = [
  'English response:',
  '中文回复：',
  '한국어 응답: ',
  ' Perché no?\n',
  '¿Qué?\n\n',
  '<|user|>\n',
];

for (const one of cases) {
  describe(`tokenizer: ${one.name}`, () => {
    const folder = temporaryFolder();
    const specialIds = new Set(Object.values(one.special));
    const texts = [...golden.texts, ...golden.lines, ...randomTexts(200, 1)];
    let tokenizer: Tokenizer;
    before(async () => {
      tokenizer = await one.load(mkdtempSync(join(folder, 'case-')));
    });

    it("gives the ids of Python's library", () => {
      golden.texts.forEach((text, i) => {
        if (one.ids[i]) assert.deepEqual(tokenizer.encode(text), one.ids[i], JSON.stringify(text));
      });
    });

    it('gives ids in range, none special, whatever the text spells', () => {
      const spelled = Object.keys(one.special).flatMap((token) => [
        token,
        `a${token}b`,
        ` ${token}\n${token}`,
      ]);
      for (const text of [...texts, ...spelled]) {
        for (const continuing of [false, true]) {
          for (const id of tokenizer.encode(text, { continuing })) {
            assert.ok(
              Number.isInteger(id) && id >= 0 && id < tokenizer.vocabSize,
              `${JSON.stringify(text)}: ${id}`,
            );
            assert.ok(!specialIds.has(id), `${JSON.stringify(text)} gave special id ${id}`);
          }
        }
      }
    });

    it('gives text back', () => {
      // Without byte fallback only text of the training lines is known to come back.
      for (const text of one.lossless ? texts : golden.lines) {
        assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
      }
    });

    it('goes on from text already encoded', () => {
      for (const opening of one.lossless ? openings : golden.lines.slice(0, 3)) {
        const ids = tokenizer.encode(opening);
        for (const text of one.lossless ? texts : golden.lines) {
          const both = [...ids, ...tokenizer.encode(text, { continuing: true })];
          assert.equal(tokenizer.decode(both), opening + text);
        }
      }
    });

    // The others have no piece for a newline.
    const withNewline = one.lossless ? it : () => undefined;
    withNewline('gives the ids of the whole text when the part before ends in a newline', () => {
      for (const text of texts.filter((text) => /^\S/.test(text) && !/^[\u0085]/.test(text))) {
        const parts = [...tokenizer.encode('¿Qué?\n'), ...tokenizer.encode(text, { continuing: true })];
        assert.deepEqual(parts, tokenizer.encode(`¿Qué?\n${text}`), JSON.stringify(text));
      }
    });

    it('leaves special tokens, and ids that it does not have, out of text', () => {
      const { eosId, padId, vocabSize } = tokenizer;
      const ids = tokenizer.encode('The dog');
      assert.equal(
        tokenizer.decode([...ids, eosId, padId, ...tokenizer.encode(' and', { continuing: true })]),
        'The dog and',
      );
      assert.equal(tokenizer.decode(Int32Array.from([eosId, ...ids, vocabSize, vocabSize + 9])), 'The dog');
      assert.equal(tokenizer.decode([]), '');
      assert.equal(tokenizer.decode([eosId]), '');
    });

    it('is the same when saved and loaded', async () => {
      const dir = join(folder, 'saved');
      await tokenizer.save(dir);
      const again = await loadTokenizer(dir);
      for (const key of ['kind', 'vocabSize', 'bosId', 'eosId', 'padId'] as const) {
        assert.equal(again[key], tokenizer[key], key);
      }
      for (const text of texts.slice(0, 80)) {
        assert.deepEqual(again.encode(text), tokenizer.encode(text));
        const continuing = { continuing: true };
        assert.deepEqual(again.encode(text, continuing), tokenizer.encode(text, continuing));
      }
    });
  });
}
