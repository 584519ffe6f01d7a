/** Tokenizers drawn at random against Python: test/golden/pipelines.json, by scripts/golden/pipelines.py. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Message } from '../../src/tokenizer/chatTemplate.ts';
import { temporaryFolder } from '../support/files.ts';
import { comparePipeline, type Drawn } from './pipelines.ts';

const golden: { texts: string[]; conversation: Message[]; cases: Drawn[] } = JSON.parse(
  readFileSync(new URL('../golden/pipelines.json', import.meta.url), 'utf8'),
);

describe('random tokenizers', () => {
  const folder = temporaryFolder();

  for (const one of golden.cases) {
    const { normalizer, pre_tokenizer, decoder, model } = one.json;
    const parts = [normalizer, pre_tokenizer, model, decoder].map((part) => part?.type ?? 'nothing');
    it(`as Python has them: ${parts.join(', ')} (seed ${one.seed})`, async () => {
      const dir = mkdtempSync(join(folder, 'drawn-'));
      const { differences, count, aside } = await comparePipeline(
        one,
        golden.texts,
        golden.conversation,
        dir,
      );
      assert.deepEqual(differences, []);
      assert.ok(count > 100 && aside < 5, `${count} comparisons, ${aside} aside`);
    });
  }
});
