/** Ids of added and named tokens: each expected value is what transformers 5.24 gives for the same files. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { type AddedToken, sharedId } from '../../src/tokenizer/tokenizerJson.ts';
import { temporaryFolder } from '../support/files.ts';
import { loadFiles } from './support.ts';

const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
const token = (id: number, content: string, special = false): AddedToken => ({
  ...flags,
  id,
  content,
  special,
});
const listed = (content: string, special = false) => ({ ...flags, content, special });

/** A BPE of eight letters, with `h` to end a turn where nothing else is named. */
function tokenizerJson(added_tokens: AddedToken[], vocab?: Record<string, number>) {
  const letters = Object.fromEntries([...'abcdefgh'].map((letter, id) => [letter, id]));
  const model = { type: 'BPE', vocab: vocab ?? letters, merges: [], unk_token: null };
  return { version: '1.0', added_tokens, decoder: { type: 'Fuse' }, model };
}

describe('ids of added tokens', () => {
  const folder = temporaryFolder();
  const load = (json: object, config: object = {}, more: Record<string, object> = {}) =>
    loadFiles(mkdtempSync(join(folder, 'v-')), {
      'tokenizer.json': json,
      'tokenizer_config.json': { eos_token: 'h', ...config },
      ...more,
    });

  it('follow those of the model, in order, whatever the file says', async () => {
    const tokenizer = await load(tokenizerJson([token(20, '<x>'), token(12, '<y>', true), token(9, '<z>')]));
    assert.deepEqual(tokenizer.encode('a<x><z>'), [0, 8, 10]);
    assert.equal(tokenizer.special.get('<y>')?.id, 9);
    assert.equal(tokenizer.decode([0, 8, 9, 10]), 'a<x><z>');
    assert.equal(tokenizer.vocabSize, 11);
  });

  it('stay those of the model where it has the token', async () => {
    const tokenizer = await load(tokenizerJson([token(3, 'd', true), token(8, '<y>')]));
    assert.deepEqual([tokenizer.special.get('d')?.id, tokenizer.encode('<y>')], [3, [8]]);
    assert.equal(tokenizer.vocabSize, 9);
  });

  it('are counted from the number of tokens, where ids of the model have gaps', async () => {
    const gaps = { a: 0, b: 5, h: 9 };
    const tokenizer = await load(
      tokenizerJson([token(9, 'h', true), token(3, '<x>'), token(4, '<y>')], gaps),
    );
    assert.deepEqual(tokenizer.encode('b<x>a<y>'), [5, 3, 0, 4]);
    assert.equal(tokenizer.decode([5, 3, 0, 4, 9]), 'b<x>a<y>');
    assert.equal(tokenizer.vocabSize, 10);
  });

  it('are each of one token', () => {
    assert.deepEqual(
      sharedId([
        ['a', 0],
        ['b', 1],
        ['c', 0],
      ]),
      ['a', 'c', 0],
    );
    assert.equal(
      sharedId([
        ['a', 0],
        ['b', 1],
      ]),
      null,
    );
  });

  it('go on with what tokenizer_config.json lists, then names', async () => {
    const added_tokens_decoder = { 30: listed('<q>', true), 9: listed('<r>') };
    const config = {
      ...{ added_tokens_decoder, mask_token: '[M]', unk_token: 'a', image_token: '<img>' },
      ...{ additional_special_tokens: ['<e1>', 'b'], pad_token: null, cls_token: { content: '<r>' } },
    };
    const tokenizer = await load(tokenizerJson([token(8, '<x>')]), config);
    const ids = Object.fromEntries([...tokenizer.special].map(([content, { id }]) => [content, id]));
    assert.deepEqual(ids, { '<r>': 9, '<q>': 10, a: 0, h: 7, '[M]': 11, '<img>': 12, '<e1>': 13, b: 1 });
    assert.deepEqual(
      [...(tokenizer.added ?? [])].map(([content, { id }]) => [content, id]),
      [['<x>', 8]],
    );
    assert.equal(tokenizer.vocabSize, 14);
  });

  it('take the flags that tokenizer_config.json gives', async () => {
    const config = { added_tokens_decoder: { 8: { ...listed('<x>'), lstrip: true } } };
    assert.deepEqual((await load(tokenizerJson([token(8, '<x>')]), config)).encode('a <x>'), [0, 8]);
  });

  it('go on with added_tokens.json, unless tokenizer_config.json lists tokens', async () => {
    const json = tokenizerJson([token(8, '<x>')]);
    const more = { 'added_tokens.json': { '<n2>': 10, '<n1>': 9 } };
    const older = await load(json, { eos_token: '<n1>' }, more);
    assert.deepEqual([older.eosId, older.encode('<n2>'), older.vocabSize], [9, [10], 11]);
    const newer = await load(json, { added_tokens_decoder: { 9: listed('<r>') } }, more);
    assert.deepEqual([newer.vocabSize, newer.added?.has('<n2>')], [10, false]);
  });

  it('are named by special_tokens_map.json before a tokenizer_config.json that lists no tokens', async () => {
    const map = {
      'special_tokens_map.json': { eos_token: 'a', sep_token: { content: '<s>', lstrip: true } },
    };
    const older = await load(tokenizerJson([]), {}, map);
    assert.deepEqual(
      [older.eosId, older.special.get('<s>')],
      [0, { id: 8, lstrip: true, rstrip: false, singleWord: false }],
    );
    assert.equal((await load(tokenizerJson([]), { added_tokens_decoder: {} }, map)).eosId, 7);
    assert.equal(
      (await load(tokenizerJson([]), {}, { 'special_tokens_map.json': { eos_token: null } })).eosId,
      7,
    );
  });

  it('are the same when saved and loaded', async () => {
    const config = {
      added_tokens_decoder: { 9: listed('<r>', true), 10: listed('<q>') },
      sep_token: '<sep>',
    };
    const tokenizer = await load(tokenizerJson([token(8, '<x>')]), config, {
      'added_tokens.json': { '<no>': 11 },
    });
    const dir = mkdtempSync(join(folder, 's-'));
    await tokenizer.save(dir);
    const again = await loadFiles(dir, {});
    assert.deepEqual([...again.special], [...tokenizer.special]);
    assert.deepEqual([again.vocabSize, again.fingerprint], [12, tokenizer.fingerprint]);
  });

  it('of named tokens stay within the model that lies beside', async () => {
    const config = { pad_token: '[PAD]', sep_token: '<sep>' };
    const load_ = (vocab_size: number) => load(tokenizerJson([]), config, { 'config.json': { vocab_size } });
    const room = await load_(64);
    assert.deepEqual([room.padId, room.special.get('<sep>')?.id, room.vocabSize], [9, 8, 10]);
    const full = await load_(8);
    assert.deepEqual([full.padId, full.special.has('<sep>'), full.vocabSize], [7, false, 8]);
    const unsaid = await load(tokenizerJson([]), config);
    assert.deepEqual([unsaid.padId, unsaid.special.get('<sep>')?.id], [7, 8]);
  });
});
