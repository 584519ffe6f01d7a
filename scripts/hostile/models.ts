/** Hostile model directories: their shape, weights, tokenizer and chat template. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Attack, changeJson, copyModel, type HostileInput, jsonLines, rows } from './input.ts';

const ASK = ['generate', '--checkpoint', 'model', '--method.target', 'ko', '--generate.maxNewTokens', '4'];

/** Asks a copy of the good model in which one thing is changed. */
const changed = (
  name: string,
  change: (model: string) => void,
  { args = [...ASK, 'How are you?'], end }: Partial<Attack> = {},
): HostileInput => ({
  name,
  make(folder, model) {
    change(copyModel(folder, model));
    return { args, end };
  },
});

const config = (name: string, fields: object, end?: Attack['end']): HostileInput =>
  changed(
    `config.json: ${name}`,
    (model) => changeJson(join(model, 'config.json'), (value) => Object.assign(value, fields)),
    { end },
  );

interface TokenizerJson {
  added_tokens: { id: number; content: string }[];
  normalizer: object | null;
  pre_tokenizer: object | null;
  decoder: object | null;
  model: { vocab: Record<string, number>; merges: unknown[] };
}

const tokenizer = (
  name: string,
  change: (value: TokenizerJson) => void,
  more: Partial<Attack> = {},
): HostileInput =>
  changed(
    `tokenizer.json: ${name}`,
    (model) => changeJson<TokenizerJson>(join(model, 'tokenizer.json'), change),
    more,
  );

const template = (name: string, source: string): HostileInput =>
  changed(
    `chat template: ${name}`,
    (model) =>
      changeJson<{ chat_template: string }>(join(model, 'tokenizer_config.json'), (value) => {
        value.chat_template = source;
      }),
    { args: [...ASK, '--method.chat', 'model', 'How are you?'] },
  );

/** Replaces the file of weights: a header, and bytes after it. */
const weights = (name: string, change: (header: Buffer, data: Buffer) => Buffer[]): HostileInput =>
  changed(`model.safetensors: ${name}`, (model) => {
    const file = join(model, 'model.safetensors');
    const bytes = readFileSync(file);
    const end = 8 + Number(bytes.readBigUInt64LE());
    writeFileSync(file, Buffer.concat(change(bytes.subarray(8, end), bytes.subarray(end))));
  });

const sizeBytes = (size: bigint) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(size);
  return bytes;
};

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/** A header that is as long as it says, with one change. */
function header(old: Buffer, change: (entries: Record<string, Entry>) => void): Buffer[] {
  const entries = JSON.parse(old.toString());
  change(entries);
  const text = Buffer.from(JSON.stringify(entries));
  return [sizeBytes(BigInt(text.length)), text];
}

const EMBEDDINGS = 'model.embed_tokens.weight';
/** Long enough for a pattern that tries all ways to split it. */
const LONG = 'a'.repeat(40_000);

const patterns: HostileInput[] = (
  [
    ['Split, (a+)+$', (value) => (value.pre_tokenizer = split('(a+)+$'))],
    ['Split, (a|aa)+$', (value) => (value.pre_tokenizer = split('(a|aa)+$'))],
    ['Split, (.*)*\\1x', (value) => (value.pre_tokenizer = split('(.*)*\\1x'))],
    ['Split, (?=(a+))+b', (value) => (value.pre_tokenizer = split('(?=(a+a+)+b)a'))],
    ['Replace, (x+x+)+y', (value) => (value.normalizer = replace('(a+a+)+y'))],
    ['Replace that makes 10^6 from each', (value) => (value.normalizer = replace('a', 'b'.repeat(1e6)))],
    ['decoder Replace, (.+)+z', (value) => (value.decoder = replace('(.+)+z'))],
    ['Split, no pattern at all', (value) => (value.pre_tokenizer = split('(((('))],
    [
      'Split, a{1,1000}{1,1000}{1,1000}',
      (value) => (value.pre_tokenizer = split('((a{1,999}){1,999}){1,999}')),
    ],
  ] as [string, (value: TokenizerJson) => void][]
).map(([name, change]) => tokenizer(name, change, { args: [...ASK, `${LONG}!`], end: 'either' }));

function split(regex: string): object {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  const pattern = { Regex: regex };
  return {
    type: 'Sequence',
    pretokenizers: [{ type: 'Split', pattern, behavior: 'Isolated', invert: false }, byteLevel],
  };
}

const replace = (regex: string, content = '') => ({ type: 'Replace', pattern: { Regex: regex }, content });

export const models: HostileInput[] = [
  template('three loops of 10^5', loops(3, 100_000)),
  template('four loops of 1,000', loops(4, 1000)),
  template(
    'a text that doubles 64 times',
    `{%- set ns = namespace(x='a') -%}${'{%- set ns.x = ns.x ~ ns.x -%}'.repeat(64)}{{ ns.x }}`,
  ),
  template('a macro that calls itself', '{% macro f(x) %}{{ f(x) }}{% endmacro %}{{ f(1) }}'),
  template('10^5 open brackets', `{{ ${'('.repeat(100_000)}`),
  template('10^6 spaces', `{{${' '.repeat(1_000_000)}}}`),
  template('a number times 10^9', "{{ 'a' * 1000000000 }}{{ range(1000000000) | list }}"),
  template('no Jinja', '{% for %}'),
  config('10^6 layers', { num_hidden_layers: 1_000_000 }),
  config('10^15 layers', { num_hidden_layers: 1e15 }),
  config('a vocabulary of 10^9', { vocab_size: 1_000_000_000 }),
  config('a width of 10^9', { hidden_size: 1_000_000_000 }),
  config('a context of 10^12', { max_position_embeddings: 1e12 }),
  config('layers in words', { num_hidden_layers: 'many' }),
  config('no vocabulary', { vocab_size: 0 }),
  config('end token 10^9', { eos_token_id: 1_000_000_000 }, 'done'),
  changed('config.json: nested 10^6 deep', (model) =>
    writeFileSync(join(model, 'config.json'), `${'{"a":'.repeat(1e6)}1${'}'.repeat(1e6)}`),
  ),
  tokenizer('an added token with id 10^9', ({ added_tokens }) =>
    added_tokens.push({ ...added_tokens[0], id: 1_000_000_000, content: '<far>' }),
  ),
  tokenizer('an added token with id 2^32', ({ added_tokens }) =>
    added_tokens.push({ ...added_tokens[0], id: 2 ** 32, content: '<far>' }),
  ),
  tokenizer('an added token with a negative id', ({ added_tokens }) =>
    added_tokens.push({ ...added_tokens[0], id: -1, content: '<below>' }),
  ),
  tokenizer('a piece with id 10^9', ({ model }) => {
    model.vocab['far!'] = 1_000_000_000;
  }),
  tokenizer(
    '10^5 added tokens beyond the vocabulary',
    ({ added_tokens }) => {
      for (let i = 0; i < 100_000; i++)
        added_tokens.push({ ...added_tokens[0], id: 400 + i, content: `<more${i}>` });
    },
    { end: 'done' },
  ),
  tokenizer(
    'no vocabulary',
    ({ model }) => {
      model.vocab = {};
      model.merges = [];
    },
    { end: 'done' },
  ),
  ...patterns,
  changed('tokenizer.json: nested 10^6 deep', (model) =>
    writeFileSync(join(model, 'tokenizer.json'), `${'['.repeat(1e6)}${']'.repeat(1e6)}`),
  ),
  weights('all NaN', (head, data) => [sizeBytes(BigInt(head.length)), head, data.map(() => 255) as Buffer]),
  weights('a header of 2^60 bytes', (head, data) => [sizeBytes(2n ** 60n), head, data]),
  weights('a header of 2^64 - 1 bytes', (head, data) => [sizeBytes(2n ** 64n - 1n), head, data]),
  weights('a shape of 10^9 × 10^9', (head, data) => [
    ...header(head, (entries) => {
      entries[EMBEDDINGS].shape = [1e9, 1e9];
    }),
    data,
  ]),
  weights('offsets of 10^15', (head, data) => [
    ...header(head, (entries) => {
      entries[EMBEDDINGS].data_offsets = [0, 1e15];
    }),
    data,
  ]),
  weights('offsets that run backwards', (head, data) => [
    ...header(head, (entries) => {
      entries[EMBEDDINGS].data_offsets.reverse();
    }),
    data,
  ]),
  weights('10^5 tensors that are not there', (head, data) => [
    ...header(head, (entries) => {
      for (let i = 0; i < 100_000; i++) entries[`more.${i}`] = { ...entries[EMBEDDINGS] };
    }),
    data,
  ]),
  weights('half of the file', (head, data) => [
    sizeBytes(BigInt(head.length)),
    head,
    data.subarray(0, data.length / 2),
  ]),
  weights('empty', () => []),
  {
    name: 'ids beyond vocab_size in the data',
    make(folder, model) {
      copyModel(folder, model);
      writeFileSync(join(folder, 'ids.jsonl'), jsonLines([{ id: 'a', ids: [1, 2, 1_000_000_000] }]));
      return { args: ['score', '--model', 'model', '--input', 'ids.jsonl', '--output', 'scores.jsonl'] };
    },
  },
  {
    name: 'a tokenizer with more pieces than the model, in training',
    make(folder, model) {
      const copy = copyModel(folder, model);
      changeJson<TokenizerJson>(join(copy, 'tokenizer.json'), ({ added_tokens }) => {
        added_tokens.push({ ...added_tokens[0], id: 400, content: '집' });
      });
      writeFileSync(join(folder, 'rows.jsonl'), jsonLines(rows()));
      const recipe = { name: 't', method: { target: 'ko' }, data: { train: 'rows.jsonl' } };
      writeFileSync(join(folder, 't.json'), JSON.stringify(recipe));
      return { args: ['train', '--recipe', 't.json', '--model', 'model', '--output', 'run'] };
    },
  },
];

function loops(depth: number, count: number): string {
  const open = Array.from({ length: depth }, (_, i) => `{% for v${i} in range(${count}) %}`);
  return `${open.join('')}x${'{% endfor %}'.repeat(depth)}`;
}
