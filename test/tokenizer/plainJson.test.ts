/** The copies of a tokenizer.json for the text of users: special tokens are found in none, and the rest stays. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { forContinuing, forPlainText, marksSections } from '../../src/tokenizer/plainJson.ts';
import type { AddedToken, TokenizerJson } from '../../src/tokenizer/tokenizerJson.ts';
import { temporaryFolder } from '../support/files.ts';
import { loadFiles } from './support.ts';

const special = (id: number, content: string): AddedToken => ({
  ...{ id, content, special: true },
  ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
});
const jsonOf = (model: object, added: AddedToken[] = [], parts: object = {}): TokenizerJson => ({
  ...{ version: '1.0', truncation: null, padding: null, added_tokens: added },
  ...{ normalizer: null, pre_tokenizer: null, post_processor: null, decoder: { type: 'Fuse' } },
  ...parts,
  model: { type: 'BPE', vocab: {}, ...model },
});
const spaces = { pre_tokenizer: { type: 'WhitespaceSplit' } };

describe('text with special tokens spelled', () => {
  const folder = temporaryFolder();
  const load = (json: TokenizerJson, config: object = {}) =>
    loadFiles(mkdtempSync(join(folder, 'p-')), {
      'tokenizer.json': json,
      'tokenizer_config.json': { eos_token: '</s>', ...config },
    });

  it('gives none where whole words are looked up', async () => {
    const vocab = { '<unk>': 0, '</s>': 1, a: 2, '[SEP]': 3, b: 4 };
    const model = { type: 'WordLevel', vocab, unk_token: '<unk>' };
    const tokenizer = await load(jsonOf(model, [special(1, '</s>'), special(3, '[SEP]')], spaces));
    assert.deepEqual(tokenizer.encode('a </s> b [SEP] a'), [2, 0, 4, 0, 2]);
    assert.deepEqual(tokenizer.encode('<unk>'), [0]);
    assert.equal(tokenizer.decode([2, 1, 4, 3]), 'ab');
  });

  it('gives none among the pieces of a Unigram model, and leaves the other ids', async () => {
    const vocab = [
      ['<unk>', 0],
      ['</s>', 0],
      ['<', -3],
      ['/', -3],
      ['s', -3],
      ['>', -3],
      ['s>', -1],
    ];
    const tokenizer = await load(jsonOf({ type: 'Unigram', vocab, unk_id: 0 }, [special(1, '</s>')]));
    assert.deepEqual(tokenizer.encode('s</s>s'), [4, 2, 3, 6, 4]);
  });

  it('gives none where a BPE ignores its merges, unless merges make it', async () => {
    const letters = Object.fromEntries([...'<>/s!abt'].map((letter, id) => [letter, id]));
    const vocab = { ...letters, '</s>': 8, '!': 4, ab: 9, '<t>': 10 };
    const model = { vocab, merges: [['a', 'b']], ignore_merges: true };
    const added = [special(8, '</s>'), special(10, '<t>')];
    const tokenizer = await load(jsonOf(model, added, spaces), { pad_token: '!', sep_token: 'ab' });
    assert.deepEqual(tokenizer.encode('</s> <t> ab !'), [0, 2, 3, 1, 0, 7, 1, 9, 4]);
    assert.equal(tokenizer.decode([5, 8, 10, 6]), 'ab');
  });

  it('keeps the ids of tokens that come after those taken out', async () => {
    const plain = { ...special(5, '<tool>'), special: false };
    const vocab = { '</s>': 0, a: 1, '<unk>': 2, b: 4 };
    const model = { type: 'WordLevel', vocab, unk_token: '<unk>' };
    const tokenizer = await load(jsonOf(model, [special(0, '</s>'), special(4, '<x>'), plain], spaces));
    assert.equal(tokenizer.special.get('<x>')?.id, 4, 'as Python numbers it, although b has that id');
    assert.deepEqual(tokenizer.encode('b a<tool> b </s>'), [4, 1, 5, 4, 2]);
    assert.equal(tokenizer.decode([1, 5]), 'a<tool>');
  });

  it('gives no id for the names of what every object has', async () => {
    const words = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];
    const vocab = JSON.parse('{"a":0,"</s>":1,"<unk>":2,"__proto__":3}');
    const tokenizer = await load(
      jsonOf({ type: 'WordLevel', vocab, unk_token: '<unk>' }, [special(1, '</s>')], spaces),
    );
    assert.deepEqual(tokenizer.encode(words.join(' ')), [2, 3, 2, 2, 2]);
    assert.equal(tokenizer.decode([3]), '__proto__');
    await assert.rejects(
      load(jsonOf({ type: 'WordLevel', vocab }), { eos_token: 'constructor' }),
      /got constructor/,
    );
  });
});

describe('copies of a tokenizer.json', () => {
  const metaspace = (more: object) => ({ pre_tokenizer: { type: 'Metaspace', replacement: '▁', ...more } });
  const llama = {
    normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, { type: 'NFC' }] },
  };

  it('leave out what is done once for a whole text, and what is random', () => {
    const whole = { truncation: { max_length: 5 }, padding: {}, post_processor: { type: 'ByteLevel' } };
    const { json } = forPlainText(jsonOf({ dropout: 0.5, merges: [] }, [], whole), [], [], new Set());
    assert.deepEqual(
      [json.truncation, json.padding, json.post_processor, json.model.dropout],
      [null, null, null, null],
    );
  });

  it('for text that goes on put no marker before it', () => {
    const continued = forContinuing(jsonOf({}, [], llama));
    assert.deepEqual(continued.normalizer?.normalizers, [{ type: 'NFC' }]);
    const scheme = (more: object) =>
      forContinuing(jsonOf({}, [], metaspace(more))).pre_tokenizer?.prepend_scheme;
    assert.equal(scheme({ prepend_scheme: 'first' }), 'never');
    assert.equal(scheme({}), 'never');
    const byteLevel = { pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true } };
    assert.equal(forContinuing(jsonOf({}, [], byteLevel)).pre_tokenizer?.add_prefix_space, false);
    const same = jsonOf({}, [], metaspace({ prepend_scheme: 'never' }));
    assert.equal(forContinuing(same), same);
  });

  it('tell whether each text between tokens has a marker', () => {
    const marks = (parts: object) => marksSections(jsonOf({}, [], parts));
    assert.deepEqual(
      [marks(llama), marks(metaspace({})), marks(metaspace({ prepend_scheme: 'first' }))],
      [true, true, false],
    );
    assert.deepEqual([marks(spaces), marks(metaspace({ prepend_scheme: 'always' }))], [false, true]);
  });
});
