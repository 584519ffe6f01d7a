/** Many sequences at once have the tokens of one after the other, and come out in order. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { emptySequenceStats, sequencesOf } from '../../src/data/tokens/dataset.ts';
import { encodeExample, encodeExamples } from '../../src/data/tokens/encode.ts';
import { memoryWriter } from '../../src/data/tokens/sequences.ts';
import { tokenize } from '../../src/data/tokens/tokenize.ts';
import { getMethod } from '../../src/methods/index.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { characters, koEn } from '../support/characters.ts';
import { temporaryFolder } from '../support/files.ts';
import { cases, golden, loadFiles, randomTexts } from '../tokenizer/support.ts';

const pair = { target: 'ko', pivot: 'en' };
const sequences = [...randomTexts(300, 4)].flatMap((text, i) =>
  sequencesOf(koEn(`${i}`, `x${text}`, `y${text}`), getMethod('plug'), pair),
);

describe('encodeExamples', () => {
  const folder = temporaryFolder();
  const lowercase = { ...golden.metaspace.json, normalizer: { type: 'Lowercase' } };
  const changing = {
    name: 'a tokenizer that changes the text',
    load: (dir: string) =>
      loadFiles(dir, { 'tokenizer.json': lowercase, 'tokenizer_config.json': { eos_token: '</s>' } }),
  };

  for (const { name, load } of [...cases, changing]) {
    it(`gives the tokens and spans of encodeExample: ${name}`, async () => {
      const tokenizer = await load(mkdtempSync(join(folder, 'one-')));
      const some = sequences.slice(0, 60).map(({ segments }) => segments);
      const one = some.map((segments) => encodeExample(segments, tokenizer));
      assert.deepEqual(await encodeExamples(some, tokenizer), one);
    });
  }

  it('asks a tokenizer for the texts of all examples together', async () => {
    const asked: number[] = [];
    const counting: Tokenizer = {
      ...characters,
      async encodeBatch(texts) {
        asked.push(texts.length);
        return texts.map(({ text }) => characters.encode(text));
      },
    };
    await encodeExamples(
      sequences.slice(0, 10).map(({ segments }) => segments),
      counting,
    );
    assert.equal(asked[0], 20, 'the prompt and the whole of each');
    assert.ok(asked.length <= 3, `${asked.length} times`);
  });
});

describe('tokenize', () => {
  const run = async (tokenizer: Tokenizer) => {
    const [writer, stats] = [memoryWriter(), emptySequenceStats()];
    // One long text fills a batch of its own.
    const long = sequencesOf(koEn('long', 'ab '.repeat(300_000), 'A'), getMethod('plug'), pair);
    const tasks = [...sequences, ...long, ...sequences].map((sequence, i) => ({
      ...{ ...sequence, id: `${i}`, group: i % 3, to: { writer, stats } },
    }));
    const done: number[] = [];
    await tokenize(tasks, tokenizer, { maxSeqLen: 400, truncation: 'cut' }, (count) => done.push(count));
    return { stats, written: writer.sequences(), done };
  };

  it('writes every sequence in order, whatever the tokenizer works on at once', async () => {
    const slow: Tokenizer = {
      ...characters,
      async encodeBatch(texts) {
        await new Promise((resolve) => setTimeout(resolve, texts.length % 7)); // later ones may be ready before
        return texts.map(({ text }) => characters.encode(text));
      },
    };
    const [inline, batched] = [await run(characters), await run(slow)];
    for (const { written, stats, done } of [inline, batched]) {
      assert.equal(stats.sequences, 601);
      assert.equal(stats.kept, written.count);
      assert.ok(stats.nothingSupervised > 0, 'the long one');
      assert.deepEqual([done.at(-1), done.toSorted((a, b) => a - b)], [601, done]);
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
    assert.deepEqual(batched.stats, inline.stats);
    for (let i = 0; i < inline.written.count; i++)
      assert.deepEqual(batched.written.get(i), inline.written.get(i));
  });

  it('fails with the error of the tokenizer', async () => {
    const failing: Tokenizer = {
      ...characters,
      async encodeBatch() {
        throw new Error('no more');
      },
    };
    await assert.rejects(run(failing), /no more/);
  });
});
