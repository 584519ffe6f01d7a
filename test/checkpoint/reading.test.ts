/**
 * Files in less usual forms against transformers and PEFT: log-probabilities within 1e-5. The golden file is made by
 * `scripts/golden/reading.py`, which states the versions it used.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveAdapter } from '../../src/checkpoint/adapter.ts';
import { readLora } from '../../src/checkpoint/adapterConfig.ts';
import { mergeAdapter } from '../../src/checkpoint/merge.ts';
import { loadWeights } from '../../src/checkpoint/model.ts';
import { readHeader } from '../../src/checkpoint/safetensors.ts';
import { score } from '../../src/score/score.ts';
import { bpeTokenizer, trainBpe } from '../../src/tokenizer/bpe.ts';
import { temporaryFolder } from '../support/files.ts';
import { stderrOf, writeAdapter, writeModel } from '../support/modelFolder.ts';

interface Case {
  name: string;
  config: Record<string, unknown>;
  weights: Record<string, number[]>;
  adapter?: Record<string, unknown>;
  matrices?: Record<string, number[]>;
  logprobs: number[];
}
const golden: { ids: number[]; cases: Case[] } = JSON.parse(
  readFileSync(new URL('../golden/reading.json', import.meta.url), 'utf8'),
);

describe('files in less usual forms', () => {
  const root = temporaryFolder();

  async function requireEqual(dir: string, expected: number[], what: string, within = 1e-5): Promise<void> {
    const loaded = await loadWeights(dir, { precision: 'float32', frozen: true });
    const [found] = await score(loaded, [golden.ids]);
    loaded.dispose();
    for (const [i, value] of expected.entries()) {
      assert.ok(
        Math.abs(found[i] - value) < within,
        `${what}: token ${i + 1}: expected ${value}, got ${found[i]}`,
      );
    }
  }

  for (const [number, { name, config, weights, adapter, matrices, logprobs }] of golden.cases.entries()) {
    it(`read as in Python: ${name}`, async () => {
      const at = (part: string) => join(root, String(number), part);
      const base = await writeModel(at('base'), config, weights);
      if (!adapter || !matrices) {
        const warned = await stderrOf(() => requireEqual(base, logprobs, 'read'));
        assert.match(
          warned,
          weights['lm_head.weight'] && weights['model.embed_tokens.weight'] ? /not tied/ : /^$/,
        );
        return;
      }
      const dir = await writeAdapter(at('adapter'), adapter, matrices);
      const warned = await stderrOf(() => requireEqual(dir, logprobs, 'read'));
      assert.equal(warned, '');
      // What we write of it, and the model that it makes with its base, are read as the same.
      const loaded = await loadWeights(dir, { frozen: true });
      const lora = await readLora(dir);
      await saveAdapter(at('again'), lora, loaded.model.parameters);
      loaded.dispose();
      assert.deepEqual(await readLora(at('again')), lora);
      const names = async (one: string) =>
        [...(await readHeader(join(one, 'adapter_model.safetensors'))).keys()].sort();
      assert.deepEqual(await names(at('again')), await names(dir));
      await (await bpeTokenizer(trainBpe(['a'], { vocabSize: 257 }))).save(dir);
      await mergeAdapter(dir, at('merged'));
      // W + B · A is rounded to float32 once more.
      await requireEqual(at('merged'), logprobs, 'merged', 1e-4);
    });
  }
});
