/** Every token that ends a text does: of config.json, of generation_config.json, and of the tokenizer. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadModel, readConfig, saveModel } from '../../src/checkpoint/model.ts';
import { decode } from '../../src/generate/decode.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { bpeTokenizer, trainBpe } from '../../src/tokenizer/bpe.ts';
import { temporaryFolder } from '../support/files.ts';
import { tinyModel } from '../support/tiny.ts';

describe('tokens that end a text', () => {
  const dir = temporaryFolder();
  before(() => startTensorFlow());

  it('are found wherever a model directory names them', async () => {
    const tokenizer = await bpeTokenizer(trainBpe(['a b c'], { vocabSize: 257 }));
    const model = tinyModel({ vocabSize: 300, eosId: 7, stopIds: [9] });
    await saveModel(dir, model, tokenizer);
    disposeParameters(model.parameters);
    const file = join(dir, 'generation_config.json');
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')).eos_token_id, [7, 9]);
    writeFileSync(file, JSON.stringify({ eos_token_id: [7, 11] }));
    const { eosId, stopIds } = await readConfig(dir);
    assert.deepEqual([eosId, stopIds], [7, [9, 11]]);

    const loaded = await loadModel(dir);
    assert.deepEqual(loaded.model.config.stopIds, [9, 11, tokenizer.eosId]);
    // Whatever it writes first ends the text, once it is one of them.
    const options = { maxNewTokens: 4, temperature: 0, topP: 1, topK: 0, seed: 1 };
    const [free] = await decode(loaded.decoder, [[3, 4, 5]], options);
    loaded.decoder.config.stopIds.push(free.ids[0]);
    assert.deepEqual(await decode(loaded.decoder, [[3, 4, 5]], options), [{ ids: [], stopped: 'end' }]);
    loaded.dispose();

    // Where config.json names none, as transformers 5 writes it, the other files decide.
    const config = join(dir, 'config.json');
    const { eos_token_id: _, ...without } = JSON.parse(readFileSync(config, 'utf8'));
    for (const none of [{ eos_token_id: null }, { eos_token_id: [] }, {}]) {
      writeFileSync(config, JSON.stringify({ ...without, ...none }));
      writeFileSync(file, JSON.stringify({ eos_token_id: [null, 11, 7], bos_token_id: null }));
      const found = await readConfig(dir);
      assert.deepEqual([found.eosId, found.stopIds], [11, [7]]);
      writeFileSync(file, JSON.stringify({ eos_token_id: null, pad_token_id: null }));
      assert.equal((await readConfig(dir)).eosId, null);
    }
    const unnamed = await loadModel(dir);
    assert.deepEqual([unnamed.model.config.eosId, unnamed.model.config.stopIds], [tokenizer.eosId, []]);
    unnamed.dispose();
  });
});
