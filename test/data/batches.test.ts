/** From segments to batches: tokens, mask, shift, order and the account. */
import assert from 'node:assert/strict';
import { makeBatch } from '../../src/data/batch.ts';
import { encodeExamples } from '../../src/data/dataset.ts';
import { encodeExample } from '../../src/data/encode.ts';
import { orderOf } from '../../src/data/order.ts';
import { getMethod } from '../../src/methods/index.ts';
import { SPANS } from '../../src/methods/parts/segment.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';

/** One id a character: its code point. The end token is 1 and fills batches too; the beginning is 2. */
const characters: Tokenizer = {
  kind: 'huggingface',
  vocabSize: 0x110000,
  bosId: 2,
  eosId: 1,
  padId: 1,
  encode: (text) => Array.from(text, (character) => character.codePointAt(0) as number),
  decode: (ids) => Array.from(ids, (id) => String.fromCodePoint(id)).join(''),
  save: async () => {},
};
const pair = { target: 'ko', pivot: 'en' };
const example = (id: string, ko: string, en: string) => ({
  id,
  turns: { ko: [{ instruction: `${ko}?`, response: ko }], en: [{ instruction: `${en}?`, response: en }] },
});

describe('encodeExample', () => {
  const [segments] = getMethod('plug').segments(example('a', '가', 'A'), pair);
  const { ids, spans } = encodeExample(segments, characters);

  it('supervises the text of each span and nothing else', () => {
    const text = (span: number) => characters.decode(ids.filter((_, i) => spans[i] === span && ids[i] > 2));
    assert.equal(text(0), 'English instruction:\nA?');
    assert.equal(text(1), '\n\nEnglish response:\nA');
    assert.equal(text(2), '\n\n한국어 응답:\n가');
    assert.ok(text(-1).endsWith('<|user|>\n가?\n<|assistant|>\n'));
    assert.ok(text(-1).startsWith('<|system|>\n'));
  });

  it('begins once, and learns the end token though padding is the same', () => {
    assert.deepEqual([...ids].filter((id) => id === 2).length, 1);
    assert.deepEqual([ids[0], spans[0]], [2, -1]);
    assert.deepEqual([ids.at(-1), spans.at(-1)], [1, SPANS.indexOf('end')]);
  });

  it('begins with the very tokens of its prompt', () => {
    const prompt = encodeExample(getMethod('plug').prompt('가?', pair), characters);
    assert.deepEqual(ids.slice(0, prompt.ids.length), prompt.ids);
    assert.ok(spans.slice(0, prompt.ids.length).every((span) => span === -1));
    assert.equal(spans[prompt.ids.length], 0);
  });
});

describe('makeBatch', () => {
  const long = { id: 'long', ids: Int32Array.of(5, 6, 7, 8, 1), spans: Int8Array.of(-1, -1, 1, 2, 3) };
  const short = { id: 'short', ids: Int32Array.of(9, 4, 1), spans: Int8Array.of(-1, 0, 3) };
  const batch = makeBatch([long, short], 1, 64);
  const row = (values: ArrayLike<number>, at: number) =>
    Array.from(values).slice(at * batch.seq, at * batch.seq + 5);

  it('shifts targets by one, and the mask with them', () => {
    assert.deepEqual(row(batch.tokens, 0), [5, 6, 7, 8, 1]);
    assert.deepEqual(row(batch.targets, 0), [6, 7, 8, 1, 1]);
    assert.deepEqual(row(batch.spans, 0), [-1, 1, 2, 3, -1]);
    assert.deepEqual(row(batch.targets, 1).slice(0, 2), [4, 1]);
    assert.deepEqual(row(batch.spans, 1), [0, 3, -1, -1, -1]);
  });

  it('marks padding as no document, never by its id', () => {
    assert.deepEqual(row(batch.documents, 0), [0, 0, 0, 0, -1]);
    assert.deepEqual(row(batch.positions, 0), [0, 1, 2, 3, 0]);
    assert.deepEqual([batch.tokenCount, batch.supervisedCount], [6, 5]);
    assert.equal(batch.seq, 16);
  });

  it('rounds rows up, but not over what the model reads', () => {
    const ids = new Int32Array(20);
    assert.equal(makeBatch([{ id: 'x', ids, spans: new Int8Array(20) }], 0, 64).seq, 32);
    assert.equal(makeBatch([{ id: 'x', ids, spans: new Int8Array(20) }], 0, 20).seq, 20);
  });
});

describe('orderOf', () => {
  it('takes every example once an epoch, each epoch in an order of its own', () => {
    const epochs = [0, 1, 2].map((epoch) => orderOf(50, 7, epoch * 50, (epoch + 1) * 50));
    for (const order of epochs) {
      assert.deepEqual(
        [...order].sort((a, b) => a - b),
        Array.from({ length: 50 }, (_, i) => i),
      );
    }
    assert.notDeepEqual(epochs[0], epochs[1]);
    assert.notDeepEqual(epochs[1], epochs[2]);
  });

  it('is the same from any place on', () => {
    const whole = orderOf(7, 3, 0, 40);
    for (const from of [0, 5, 7, 13, 39]) assert.deepEqual(orderOf(7, 3, from, 40), whole.slice(from));
  });

  it('follows the seed', () => assert.notDeepEqual(orderOf(50, 1, 0, 50), orderOf(50, 2, 0, 50)));
});

describe('encodeExamples', () => {
  const examples = [example('short', '가', 'A'), example('long', '나'.repeat(60), 'B'.repeat(60))];
  const options = { method: getMethod('plug'), pair, tokenizer: characters, truncation: 'drop' as const };
  const lengths = encodeExamples(examples, { ...options, maxSeqLen: 1000 }).encoded.map(
    ({ ids }) => ids.length,
  );

  it('keeps what just fits: the last token is only a target', () => {
    const { account } = encodeExamples(examples, { ...options, maxSeqLen: lengths[1] - 1 });
    assert.deepEqual([account.kept, account.tooLong], [2, 0]);
    assert.equal(encodeExamples(examples, { ...options, maxSeqLen: lengths[1] - 2 }).account.tooLong, 1);
  });

  it('drops what is too long and counts it', () => {
    const { encoded, account } = encodeExamples(examples, { ...options, maxSeqLen: lengths[0] });
    assert.deepEqual(
      encoded.map(({ id }) => id),
      ['short'],
    );
    assert.deepEqual([account.sequences, account.kept, account.tooLong, account.truncated], [2, 1, 1, 0]);
    assert.equal(account.tokens, lengths[0]);
    assert.equal(account.supervised.end, 1);
  });

  it('cuts the end where asked', () => {
    const { encoded, account } = encodeExamples(examples, {
      ...options,
      truncation: 'cut',
      maxSeqLen: lengths[1] - 9,
    });
    assert.deepEqual(
      encoded.map(({ ids }) => ids.length),
      [lengths[0], lengths[1] - 8],
    );
    assert.deepEqual([account.truncated, account.supervised.end], [1, 1]);
  });

  it('never trains on an example whose supervised part is cut away', () => {
    const { encoded, account } = encodeExamples(examples, { ...options, truncation: 'cut', maxSeqLen: 40 });
    assert.deepEqual([encoded.length, account.nothingSupervised, account.truncated], [0, 2, 0]);
  });
});
