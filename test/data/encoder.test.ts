/** Threads give what one thread gives, in order, and a tokenizer that cannot go into them is used here. */
import assert from 'node:assert/strict';
import { emptyEncodingAccount, sequencesOf } from '../../src/data/tokens/dataset.ts';
import { inlineEncoder, threadEncoder } from '../../src/data/tokens/encoder.ts';
import { memoryWriter } from '../../src/data/tokens/sequences.ts';
import { tokenize } from '../../src/data/tokens/tokenize.ts';
import { getMethod } from '../../src/methods/index.ts';
import { bpeTokenizer, trainBpe } from '../../src/tokenizer/bpe.ts';
import { characters, koEn } from '../support/characters.ts';
import { randomTexts } from '../tokenizer/support.ts';

const pair = { target: 'ko', pivot: 'en' };
const sequences = [...randomTexts(300, 4)].flatMap((text, i) =>
  sequencesOf(koEn(`${i}`, `x${text}`, `y${text}`), getMethod('plug'), pair),
);

describe('encoders', () => {
  it('in threads give the tokens of one thread', async () => {
    const tokenizer = await bpeTokenizer(trainBpe(randomTexts(500, 8), { vocabSize: 400 }));
    const threads = await threadEncoder(tokenizer, 2);
    assert.ok(threads, 'threads start');
    const batches = [0, 1, 2, 3].map((i) =>
      sequences.slice(75 * i, 75 * (i + 1)).map(({ segments }) => segments),
    );
    const both = await Promise.all(
      [threads, inlineEncoder(tokenizer)].map((encoder) =>
        Promise.all(batches.map((batch) => encoder.encode(batch))),
      ),
    );
    await threads.close();
    assert.deepEqual(both[0], both[1]);
  });

  it('in threads are none where the tokenizer cannot be loaded there', async () => {
    assert.equal(await threadEncoder(characters, 1), null);
  });
});

describe('tokenize', () => {
  const run = async (options: { longer: number }) => {
    const tokenizer = await bpeTokenizer(trainBpe(randomTexts(500, 8), { vocabSize: 400 }));
    const [writer, account] = [memoryWriter(), emptyEncodingAccount()];
    // A long text brings the whole over the limit at which threads are started.
    const long = sequencesOf(koEn('long', 'ab '.repeat(options.longer), 'A'), getMethod('plug'), pair);
    const tasks = [...sequences, ...long, ...sequences].map((sequence, i) => ({
      ...{ ...sequence, id: `${i}`, group: i % 3, to: { writer, account } },
    }));
    const done: number[] = [];
    await tokenize(tasks, tokenizer, { maxSeqLen: 400, truncation: 'cut' }, (count) => done.push(count));
    return { account, written: writer.sequences(), done, hash: await writer.finish() };
  };

  it('writes every sequence in order, also over threads', async () => {
    const [inline, threads] = [await run({ longer: 100 }), await run({ longer: 1_500_000 })];
    for (const { written, account, done } of [inline, threads]) {
      assert.equal(account.sequences, 601);
      assert.equal(account.kept, written.count);
      assert.equal(done.at(-1), 601);
      const ids = Array.from({ length: written.count }, (_, i) => Number(written.get(i).id));
      assert.deepEqual(
        ids,
        ids.toSorted((a, b) => a - b),
      );
      assert.deepEqual(
        [...written.groups],
        ids.map((id) => id % 3),
      );
    }
    assert.equal(threads.account.truncated, inline.account.truncated, 'the long one is cut in both');
    assert.equal(threads.written.count, inline.written.count);
    for (let i = 0; i < 300; i++) assert.deepEqual(threads.written.get(i), inline.written.get(i));
  });
});
