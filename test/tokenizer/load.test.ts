import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { trainBpe } from '../../src/tokenizer/bpe.ts';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import { temporaryFolder } from '../support/files.ts';
import { golden, loadFiles } from './support.ts';

describe('loadTokenizer', () => {
  const folder = temporaryFolder();
  const newFolder = () => mkdtempSync(join(folder, 'load-'));
  const specialTokens = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
  const json = trainBpe(golden.lines, { vocabSize: 300, specialTokens });
  const model = Buffer.from(golden.sentencepieceBpe.model, 'base64');
  const eos = { eos_token: '<|im_end|>' };
  const write = (dir: string, name: string, content: object | string | Buffer) => {
    const raw = typeof content === 'string' || Buffer.isBuffer(content);
    writeFileSync(join(dir, name), raw ? content : JSON.stringify(content));
    return join(dir, name);
  };

  it('finds the config beside a file of any name', async () => {
    for (const [file, config] of [
      ['tokenizer.json', 'tokenizer_config.json'],
      ['mini_tokenizer.json', 'mini_tokenizer_config.json'],
      ['mini.json', 'mini_config.json'],
      ['mini.json', 'mini_tokenizer_config.json'],
      ['mini.json', 'tokenizer_config.json'],
    ]) {
      const dir = newFolder();
      write(dir, config, eos);
      assert.equal((await loadTokenizer(write(dir, file, json))).eosId, 2, `${file} ${config}`);
    }
  });

  it('takes tokenizer.json before a .model in a directory, and the only one there is', async () => {
    const both = { 'tokenizer.json': json, 'tokenizer_config.json': eos, 'tokenizer.model': model };
    assert.equal((await loadFiles(newFolder(), both)).kind, 'huggingface');
    assert.equal((await loadFiles(newFolder(), { 'spiece.model': model })).kind, 'sentencepiece');
    const one = { 'my_tokenizer.json': json, 'my_tokenizer_config.json': eos };
    assert.equal((await loadFiles(newFolder(), one)).kind, 'huggingface');
  });

  it('finds the end token wherever it is named', async () => {
    const sources: [Record<string, object>, number][] = [
      [{ 'tokenizer_config.json': eos }, 2],
      [{ 'tokenizer_config.json': { eos_token: { content: '<|im_end|>', lstrip: false } } }, 2],
      [{ 'special_tokens_map.json': eos }, 2],
      [{ 'special_tokens_map.json': { eos_token: { content: '<|endoftext|>' } } }, 0],
      [{ 'config.json': { eos_token_id: 1 } }, 1],
      [{ 'generation_config.json': { eos_token_id: [2, 0] }, 'config.json': { eos_token_id: 1 } }, 2],
      [{ 'tokenizer_config.json': eos, 'config.json': { eos_token_id: 1 } }, 2],
    ];
    for (const [files, id] of sources) {
      const tokenizer = await loadFiles(newFolder(), { 'tokenizer.json': json, ...files });
      assert.equal(tokenizer.eosId, id, JSON.stringify(files));
      const dir = newFolder();
      await tokenizer.save(dir);
      assert.equal((await loadTokenizer(dir)).eosId, id, 'saved');
    }
  });

  it('pads with the end token where no pad token is named', async () => {
    const files = (config: object) => ({ 'tokenizer.json': json, 'tokenizer_config.json': config });
    assert.equal((await loadFiles(newFolder(), files(eos))).padId, 2);
    assert.equal((await loadFiles(newFolder(), files({ ...eos, pad_token: null }))).padId, 2);
    assert.equal((await loadFiles(newFolder(), files({ ...eos, pad_token: '<|endoftext|>' }))).padId, 0);
  });

  it('has a begin token only where sequences open with it', async () => {
    const template = {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<|im_start|>', type_id: 0 } }],
    };
    const opening = { ...json, post_processor: template };
    const nested = {
      ...json,
      post_processor: { type: 'Sequence', processors: [{ type: 'ByteLevel' }, template] },
    };
    const named = { ...eos, bos_token: '<|im_start|>' };
    const bosId = async (one: object, config: object) =>
      (await loadFiles(newFolder(), { 'tokenizer.json': one, 'tokenizer_config.json': config })).bosId;
    assert.equal(await bosId(json, named), null);
    assert.equal(await bosId(json, { ...named, add_bos_token: true }), null);
    assert.equal(await bosId(opening, named), 1);
    assert.equal(await bosId(nested, eos), 1);
    assert.equal(await bosId(opening, { ...named, add_bos_token: false }), 1);
  });

  it('counts added tokens, also those that only the config adds', async () => {
    const token = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: true };
    const added = {
      ...json,
      added_tokens: [...json.added_tokens, { ...token, id: 310, content: '<|more|>' }],
    };
    const files = { 'tokenizer.json': added, 'tokenizer_config.json': eos };
    assert.equal((await loadFiles(newFolder(), files)).vocabSize, 301); // numbered on, whatever the file says
    const decoder = {
      added_tokens_decoder: { 320: { ...token, content: '<|last|>' } },
      eos_token: '<|last|>',
    };
    const tokenizer = await loadFiles(newFolder(), {
      'tokenizer.json': added,
      'tokenizer_config.json': decoder,
    });
    assert.deepEqual([tokenizer.vocabSize, tokenizer.eosId], [302, 301]);
    assert.equal(tokenizer.decode([301, ...tokenizer.encode('<|last|>'), 300]), '<|last|>');
  });

  it('keeps added tokens that are not special: they are found in text and decoded', async () => {
    const token = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
    const added = {
      ...json,
      added_tokens: [...json.added_tokens, { ...token, id: 300, content: '<tool_call>' }],
    };
    const tokenizer = await loadFiles(newFolder(), { 'tokenizer.json': added, 'tokenizer_config.json': eos });
    assert.deepEqual(tokenizer.encode('<tool_call>'), [300]);
    assert.equal(tokenizer.decode(tokenizer.encode('a <tool_call> <|im_end|>')), 'a <tool_call> <|im_end|>');
  });

  it('leaves named tokens out of text even where the file does not call them special', async () => {
    const bare = { ...json, added_tokens: [] };
    const tokenizer = await loadFiles(newFolder(), { 'tokenizer.json': bare, 'tokenizer_config.json': eos });
    assert.equal(tokenizer.decode([2, ...tokenizer.encode('dog'), tokenizer.eosId]), 'dog');
  });

  it('reads the prefix of a Metaspace as old files say it', async () => {
    const load = (settings: object) => {
      const metaspace = { type: 'Metaspace', replacement: '▁', ...settings };
      const file = { ...golden.metaspace.json, pre_tokenizer: metaspace };
      return loadFiles(newFolder(), {
        'tokenizer.json': file,
        'tokenizer_config.json': { eos_token: '</s>' },
      });
    };
    const never = (await load({ prepend_scheme: 'never' })).encode('dog');
    const always = (await load({ prepend_scheme: 'always' })).encode('dog');
    assert.notDeepEqual(never, always);
    assert.deepEqual((await load({ add_prefix_space: false })).encode('dog'), never);
    assert.deepEqual((await load({ add_prefix_space: true })).encode('dog'), always);
  });

  it('does not tidy spaces when decoding', async () => {
    const tidy = { ...eos, clean_up_tokenization_spaces: true };
    const tokenizer = await loadFiles(newFolder(), { 'tokenizer.json': json, 'tokenizer_config.json': tidy });
    assert.equal(tokenizer.decode(tokenizer.encode("do n't , you ?")), "do n't , you ?");
  });

  it('goes on without the prefix space of an old GPT-2 file', async () => {
    const byteLevel = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true };
    const old = { ...json, pre_tokenizer: byteLevel };
    const tokenizer = await loadFiles(newFolder(), { 'tokenizer.json': old, 'tokenizer_config.json': eos });
    assert.deepEqual(tokenizer.encode('dog'), tokenizer.encode(' dog'));
    assert.equal(tokenizer.decode(tokenizer.encode('dog', { continuing: true })), 'dog');
  });

  it('says what was expected, what came and what to do', async () => {
    const dir = newFolder();
    await assert.rejects(
      loadTokenizer(join(dir, 'absent')),
      /absent: expected a tokenizer\.json, .*got no such file; check/,
    );
    await assert.rejects(
      loadTokenizer(dir),
      /expected tokenizer\.json or one \.model, got nothing; put one there/,
    );
    await assert.rejects(
      loadTokenizer(write(dir, 'a.txt', '')),
      /a\.txt: expected .*, got another kind of file/,
    );
    await assert.rejects(loadTokenizer(write(dir, 'a.json', '{oops')), /a\.json: expected JSON, got /);
    await assert.rejects(
      loadTokenizer(write(dir, 'a.json', '[1]')),
      /a\.json: expected a JSON object, got an array/,
    );
    await assert.rejects(
      loadTokenizer(write(dir, 'a.json', { architectures: [] })),
      /a\.json: expected a tokenizer\.json with model\.vocab, got an object with architectures/,
    );
    write(dir, 'config.json', { model_type: 'llama' });
    await assert.rejects(
      loadTokenizer(write(dir, 'tokenizer.json', json)),
      /expected an end token, got none in tokenizer\.json, config\.json; add "eos_token" to tokenizer_config\.json/,
    );
    write(dir, 'tokenizer_config.json', { eos_token: '<|nowhere|>' });
    await assert.rejects(
      loadTokenizer(dir),
      /expected the end token to be in its vocabulary, got <\|nowhere\|>/,
    );
    write(dir, 'tokenizer_config.json', '{');
    await assert.rejects(loadTokenizer(dir), /tokenizer_config\.json: expected JSON/);
    const odd = { ...json, normalizer: { type: 'Novel' } };
    const files = { 'tokenizer.json': odd, 'tokenizer_config.json': eos };
    await assert.rejects(
      loadFiles(newFolder(), files),
      /that Hugging Face's tokenizers can run, got: .*Novel/,
    );
    const two = newFolder();
    write(two, 'a.model', model);
    write(two, 'b_tokenizer.json', json);
    await assert.rejects(
      loadTokenizer(two),
      /got a\.model, b_tokenizer\.json; give the path of the one you mean/,
    );
  });
});
