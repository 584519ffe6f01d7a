/** Tokens that files beside a SentencePiece model add: expected values are those of transformers 5.24's LlamaTokenizer. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../support/files.ts';
import { golden, loadFiles } from './support.ts';

const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
const listed = (content: string, rules: object = {}) => ({ ...flags, content, ...rules });
const model = Buffer.from(golden.sentencepieceBpe.model, 'base64'); // 640 pieces

describe('tokens beside a SentencePiece model', () => {
  const folder = temporaryFolder();
  const newFolder = () => mkdtempSync(join(folder, 'sp-'));
  const load = (config: object, more: Record<string, object> = {}) =>
    loadFiles(newFolder(), {
      'tokenizer.model': model,
      'tokenizer_config.json': { legacy: false, ...config },
      ...more,
    });
  const added_tokens_decoder = { 640: listed('<x>'), 641: listed('<|im_end|>', { special: true }) };

  it('are found in text, and special ones are not', async () => {
    const tokenizer = await load({ added_tokens_decoder, eos_token: '<|im_end|>' });
    assert.deepEqual([tokenizer.vocabSize, tokenizer.eosId], [642, 641]);
    const plain = await load({});
    const expected = (...parts: (string | number)[]) =>
      parts.flatMap((part, i) =>
        typeof part === 'number' ? [part] : plain.encode(part, { continuing: i > 0 }),
      );
    assert.deepEqual(
      tokenizer.encode('the dog<x> and<x>the dog'),
      expected('the dog', 640, ' and', 640, 'the dog'),
    );
    assert.deepEqual(tokenizer.encode('<x> a'), [640, ...plain.encode(' a', { continuing: true })]);
    assert.deepEqual(tokenizer.encode('a<|im_end|>'), plain.encode('a<|im_end|>'));
    assert.deepEqual(tokenizer.encode('<x>b', { continuing: true }), [
      640,
      ...plain.encode('b', { continuing: true }),
    ]);
    for (const text of ['the dog<x> and<x>the dog', ' a <x> b', '<x>', '한국어<|im_end|><x>']) {
      assert.equal(tokenizer.decode(tokenizer.encode(text)), text);
    }
    assert.equal(tokenizer.decode([641, ...tokenizer.encode('a'), 641, 642]), 'a');
  });

  it('are followed by a word start where the tokenizer is of the old kind', async () => {
    const tokenizer = await load({ added_tokens_decoder, legacy: true });
    assert.equal(tokenizer.decode(tokenizer.encode('<x>the dog')), '<x> the dog');
  });

  it('take white space, and only whole words, where they say so', async () => {
    const rules = {
      640: listed('<x>', { lstrip: true, rstrip: true }),
      641: listed('dog', { single_word: true }),
    };
    const tokenizer = await load({ added_tokens_decoder: rules });
    assert.equal(tokenizer.decode(tokenizer.encode('a <x> b')), 'a<x>b');
    const dogs = (text: string) => tokenizer.encode(text).filter((id) => id === 641).length;
    assert.deepEqual(['the dog dogs dog', 'dogdog', 'dog', 'hotdog dog!'].map(dogs), [2, 0, 1, 1]);
  });

  it('come from added_tokens.json too, special where they are named', async () => {
    const tokens = { 'added_tokens.json': { '<x>': 640, '<|im_end|>': 641 } };
    const unnamed = await load({}, tokens);
    assert.deepEqual([unnamed.encode('<|im_end|>'), [...unnamed.special.keys()]], [[641], ['<s>', '</s>']]);
    const map = { 'special_tokens_map.json': { additional_special_tokens: ['<|im_end|>'] } };
    const named = await load({}, { ...tokens, ...map });
    assert.deepEqual([named.special.get('<|im_end|>')?.id, named.encode('<x>')], [641, [640]]);
    assert.equal(named.encode('<|im_end|>').includes(641), false);
  });

  it('are numbered on from the pieces', async () => {
    const gaps = { 700: listed('<x>'), 650: listed('<y>', { special: true }) };
    const tokenizer = await load({ added_tokens_decoder: gaps });
    assert.deepEqual(
      [tokenizer.special.get('<y>')?.id, tokenizer.encode('<x>'), tokenizer.vocabSize],
      [640, [641], 642],
    );
  });

  it('are the same when saved and loaded', async () => {
    const variants: [object, Record<string, object>][] = [
      [{ added_tokens_decoder, eos_token: '<|im_end|>' }, {}],
      [{ eos_token: '<|im_end|>' }, { 'added_tokens.json': { '<x>': 640, '<|im_end|>': 641 } }],
    ];
    for (const [config, more] of variants) {
      const tokenizer = await load(config, more);
      const dir = newFolder();
      await tokenizer.save(dir);
      const again = await loadFiles(dir, {});
      assert.deepEqual([again.eosId, again.vocabSize, again.fingerprint], [641, 642, tokenizer.fingerprint]);
      assert.deepEqual(
        [again.encode('a<x>'), [...again.special]],
        [tokenizer.encode('a<x>'), [...tokenizer.special]],
      );
    }
  });

  it('are not found in text where they are special and the model has them as pieces', async () => {
    const piece = Buffer.from('<turn>');
    const message = Buffer.concat([Buffer.from([0x0a, piece.length]), piece, Buffer.from([0x18, 4])]); // user-defined
    const files = { 'tokenizer.model': Buffer.concat([model, Buffer.from([0x0a, message.length]), message]) };
    const plain = await loadFiles(newFolder(), files);
    assert.ok(plain.encode('a<turn>b').includes(640));
    const config = { 'tokenizer_config.json': { additional_special_tokens: ['<turn>'] } };
    const tokenizer = await loadFiles(newFolder(), { ...files, ...config });
    assert.equal(tokenizer.special.get('<turn>')?.id, 640);
    for (const text of ['a<turn>b', '<turn><turn>', 'a <turn>']) {
      const ids = tokenizer.encode(text);
      assert.equal(ids.includes(640), false);
      assert.equal(tokenizer.decode(ids), text);
    }
  });
});
