/** Tokenizer files that are damaged, or made to do harm: each ends in one line, in little time and memory. */
import assert from 'node:assert/strict';
import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withChat } from '../../src/data/tokens/chatTokenizer.ts';
import { UserError } from '../../src/errors.ts';
import { loadTokenizer } from '../../src/tokenizer/load.ts';
import { temporaryFolder } from '../support/files.ts';
import { loadFiles } from './support.ts';

const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false, special: false };
const model = { type: 'WordLevel', vocab: { a: 0, '</s>': 1, '<unk>': 2 } as object, unk_token: '<unk>' };
const good = { version: '1.0', added_tokens: [] as object[], model };
const nested = (depth: number) => {
  let part: object = { type: 'Sequence', pretokenizers: [] };
  for (let i = 0; i < depth; i++) part = { type: 'Sequence', pretokenizers: [part] };
  return part;
};

describe('hostile tokenizers', () => {
  const folder = temporaryFolder();
  const newFolder = () => mkdtempSync(join(folder, 'h-'));
  const load = (json: object, config: object = {}) =>
    loadFiles(newFolder(), {
      'tokenizer.json': json,
      'tokenizer_config.json': { eos_token: '</s>', ...config },
    });

  async function refused(action: Promise<unknown>, message: RegExp): Promise<void> {
    const error = await action.then(
      () => new Error('it was taken'),
      (reason) => reason,
    );
    assert.ok(error instanceof UserError, `${error?.stack}`);
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
  }

  const bad: [string, object, RegExp, object?][] = [
    [
      'an added token of id 10⁹',
      { added_tokens: [{ ...flags, id: 1e9, content: '<x>' }] },
      /id of "<x>" .* got 1000000000/,
    ],
    ['an id that is no whole number', { added_tokens: [{ ...flags, id: 0.5, content: '<x>' }] }, /got 0\.5/],
    ['a model id of 4·10⁹', { model: { ...model, vocab: { a: 4e9 } } }, /id of "a" .* got 4000000000/],
    ['an id below 0', { model: { ...model, vocab: { a: -1 } } }, /id of "a" .* got -1/],
    ['an id that is a text', { model: { ...model, vocab: { a: '1' } } }, /id of "a" .* got "1"/],
    [
      'a listed token of id 10⁹',
      {},
      /tokenizer_config\.json: .*"<x>"/,
      { added_tokens_decoder: { 1e9: { content: '<x>' } } },
    ],
    ['a listed token without text', {}, /token 7 a content, got null/, { added_tokens_decoder: { 7: null } }],
    [
      'an added token that is null',
      { added_tokens: [null] },
      /every added token to have a content, got null/,
    ],
    ['added tokens that are no list', { added_tokens: {} }, /expected added_tokens to be a list/],
    ['parts in parts, 200 deep', { pre_tokenizer: nested(200) }, /recursion limit/],
    [
      'a part that is a number',
      { normalizer: { type: 'Sequence', normalizers: [7] } },
      /expected a tokenizer\.json/,
    ],
    ['a sequence without parts', { normalizer: { type: 'Sequence' } }, /missing field `normalizers`/],
    [
      'a post-processor of an unknown kind',
      { post_processor: { type: 'Novel' } },
      /or Sequence, got "Novel"/,
    ],
    ['a post-processor that is a text', { post_processor: '<s> $A' }, /or Sequence, got "<s> \$A"/],
    [
      'a template without a list of pieces',
      { post_processor: { type: 'Sequence', processors: [{ type: 'TemplateProcessing', single: '$A' }] } },
      /post_processor: expected single to be a list, got "\$A"/,
    ],
    [
      'a begin token without an id',
      { post_processor: { type: 'BertProcessing', cls: ['a'] } },
      /expected cls to be a list of a token and its id, got \["a"\]/,
    ],
    [
      'a piece without a score',
      { model: { type: 'Unigram', vocab: [['</s>', 0], ['a']], unk_id: 0 } },
      /piece 1 of model\.vocab .* got \["a"\]/,
    ],
    [
      'a flag that is a text',
      { added_tokens: [{ ...flags, id: 3, content: '<x>', special: 'yes' }] },
      /special of the added token "<x>" to be true or false, got "yes"/,
    ],
    [
      'an id of a token with a very long text',
      { added_tokens: [{ ...flags, id: -1, content: 'x'.repeat(1e6) }] },
      /^.{1,250}$/,
    ],
    [
      'a pattern that is none',
      { pre_tokenizer: { type: 'Split', pattern: { Regex: '[' }, behavior: 'Isolated', invert: false } },
      /char-class/,
    ],
    [
      'a charsmap that is none',
      { normalizer: { type: 'Precompiled', precompiled_charsmap: 'AAAA' } },
      /expected a tokenizer\.json/,
    ],
  ];
  for (const [what, change, message, config] of bad) {
    it(`refuse ${what}`, () => refused(load({ ...good, ...change }, config), message));
  }

  it('refuse parts in parts, 100,000 deep', async () => {
    const deep = `${'{"type":"Sequence","pretokenizers":['.repeat(1e5)}${']}'.repeat(1e5)}`;
    const text = JSON.stringify({ ...good, pre_tokenizer: 0 }).replace(
      '"pre_tokenizer":0',
      `"pre_tokenizer":${deep}`,
    );
    const files = { 'tokenizer.json': Buffer.from(text), 'tokenizer_config.json': { eos_token: '</s>' } };
    await refused(loadFiles(newFolder(), files), /expected a tokenizer\.json/);
  });

  it('refuse files that are too large, no text, or only point to one', async () => {
    const dir = newFolder();
    writeFileSync(join(dir, 'tokenizer.json'), '{}');
    truncateSync(join(dir, 'tokenizer.json'), 200e6); // zeros that take no room
    await refused(loadTokenizer(dir), /tokenizer\.json: expected at most 100 MB, got 200 MB/);
    await refused(
      loadFiles(newFolder(), { 'tokenizer.json': Buffer.from([0x7b, 0xff, 0x7d]) }),
      /expected UTF-8/,
    );
    await refused(
      loadFiles(newFolder(), { 'tokenizer.json': Buffer.from('\ufeff{}', 'utf16le') }),
      /expected UTF-8, got UTF-16/,
    );
    const pointer = Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n');
    await refused(
      loadFiles(newFolder(), { 'tokenizer.json': pointer }),
      /Git LFS pointer to it; fetch it: git lfs pull/,
    );
    await refused(loadTokenizer('/dev/null'), /got a device, pipe or socket/);
  });

  it('refuse a pattern that goes back and forth without end, at the first text for it', async () => {
    const pattern = { type: 'Split', pattern: { Regex: '(a|aa)+$' }, behavior: 'Isolated', invert: false };
    const tokenizer = await load({ ...good, pre_tokenizer: pattern });
    const text = `${'a'.repeat(80)}!`;
    await refused(
      (async () => tokenizer.encode(text))(),
      /tokenizer\.json: expected to encode "a+…", got: .*retry-limit/,
    );
    await refused(Promise.resolve(tokenizer.encodeBatch?.([{ text }])), /retry-limit/);
  });

  it('refuse a chat template without end', async () => {
    const loop = '{% for i in range(999999999) %}x{% endfor %}';
    const tokenizer = await load(good, { chat_template: loop });
    await refused(
      (async () => withChat(tokenizer, 'model'))(),
      /chat template: expected one for user, got: range\(\)/,
    );
  });
});
