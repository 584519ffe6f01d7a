import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import { golden, randomTexts, realFolder } from './support.ts';

const expected: Record<string, object> = {
  'minimind_tokenizer.json': { kind: 'huggingface', vocabSize: 6400, bosId: null, eosId: 2, padId: 0 },
  'mistral_v1_tokenizer.model': { kind: 'sentencepiece', vocabSize: 32000, bosId: 1, eosId: 2, padId: 2 },
};

for (const [file, fields] of Object.entries(expected)) {
  const path = join(realFolder, file);
  describe(`real tokenizer: ${file}`, () => {
    before(function () {
      if (existsSync(path)) return;
      console.log(
        `      skipped: no ${file} in ${realFolder}; set PLUG_SHARED to the folder that holds data/tokenizers`,
      );
      this.skip();
    });

    it("gives the ids of Python's library, and text back", async () => {
      const { sha256, ids } = golden.real[file];
      assert.equal(createHash('sha256').update(readFileSync(path)).digest('hex'), sha256, 'another file');
      const tokenizer = await loadTokenizer(path);
      const { kind, vocabSize, bosId, eosId, padId } = tokenizer;
      assert.deepEqual({ kind, vocabSize, bosId, eosId, padId }, fields);
      golden.texts.forEach((text, i) => {
        assert.deepEqual(tokenizer.encode(text), ids[i], JSON.stringify(text));
      });
      for (const text of [...golden.texts, ...randomTexts(200, 3)]) {
        assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
        const both = [...tokenizer.encode('한국어:'), ...tokenizer.encode(text, { continuing: true })];
        assert.equal(tokenizer.decode(both), `한국어:${text}`);
      }
    });
  });
}
