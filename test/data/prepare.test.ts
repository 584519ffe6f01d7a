/** From a recipe to tokens: what is read, held out, cached, mixed, and the tokenizer that is trained or found. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PreparedData, prepareData } from '../../src/data/prepare.ts';
import type { Sequences } from '../../src/data/tokens/sequences.ts';
import { defineRecipe } from '../../src/recipe/defineRecipe.ts';
import type { RecipeInput } from '../../src/recipe/schema.ts';
import { temporaryFolder } from '../support/files.ts';

describe('prepareData', () => {
  const dir = temporaryFolder();
  const file = (name: string, count: number, languages = ['ko', 'en']) => {
    const rows = Array.from({ length: count }, (_, i) => ({
      id: `${name}-${i}`,
      ...Object.fromEntries(languages.map((code) => [`instruction_${code}`, `${code} question ${i}`])),
      ...Object.fromEntries(languages.map((code) => [`response_${code}`, `${code} answer ${i}`])),
    }));
    writeFileSync(join(dir, name), rows.map((row) => JSON.stringify(row)).join('\n'));
    return join(dir, name);
  };
  type Changes = { method?: object; data?: object; tokenizer?: object; model?: object };
  const prepared: PreparedData[] = [];
  const prepare = async ({ method, data, tokenizer, model }: Changes = {}, options = {}) => {
    const input = {
      name: 'x',
      model: { maxSeqLen: 200, ...model },
      method: { target: 'ko', ...method },
      data: { train: join(dir, 'train.jsonl'), ...data },
      tokenizer: { vocabSize: 320, ...tokenizer },
    };
    const one = await prepareData(defineRecipe(input as RecipeInput), options);
    prepared.push(one);
    return one;
  };
  const idsOf = (some: Sequences) => Array.from(some.lengths, (_, i) => some.get(i).id);
  const textOf = ({ tokenizer, train }: PreparedData, i = 0) => tokenizer.decode(train.get(i).ids);
  const entries = () => readdirSync(process.env.PLUG_DATA_CACHE as string).sort();
  before(() => {
    file('train.jsonl', 40);
  });
  after(() => {
    for (const { train, validation } of prepared) for (const side of [train, validation]) side.close();
  });

  it('holds a share out where there is no validation file, and accounts for every example', async () => {
    const { train, validation, dataStats, heldOut } = await prepare({ data: { validationShare: 0.2 } });
    assert.equal(train.count + validation.count, 40);
    assert.ok(validation.count > 2);
    assert.deepEqual(
      [dataStats.rows.kept, dataStats.train.kept, dataStats.validation.kept],
      [40, train.count, validation.count],
    );
    assert.deepEqual(
      heldOut.map(({ example }) => example.id),
      idsOf(validation),
    );
    const tokens = Array.from(train.lengths).reduce((sum, length) => sum + length, 0);
    assert.equal(dataStats.train.tokens, tokens);
    assert.equal(dataStats.train.supervised.end, train.count);
  });

  it('reads the whole validation file where there is one, whatever the limit', async () => {
    const data = { validation: file('held.jsonl', 7), limit: 5 };
    const { train, validation } = await prepare({ data });
    assert.deepEqual([train.count, validation.count], [5, 7]);
    assert.equal(validation.get(0).id, 'held.jsonl-0');
  });

  it('finds the same again in the cache, and makes anew what differs', async () => {
    const first = await prepare();
    const before = entries();
    const second = await prepare();
    assert.deepEqual(entries(), before);
    assert.equal(second.fingerprint, first.fingerprint);
    assert.deepEqual(second.dataStats, first.dataStats);
    assert.deepEqual(idsOf(second.train), idsOf(first.train));
    assert.deepEqual(second.train.get(7), first.train.get(7));
    for (const change of [
      { model: { maxSeqLen: 100 } },
      { data: { limit: 9 } },
      { method: { name: 'monolingual' } },
      { tokenizer: { vocabSize: 300 } },
    ]) {
      const count = entries().length;
      await prepare(change);
      assert.ok(entries().length > count, JSON.stringify(change));
    }
    const count = entries().length;
    file('train.jsonl', 41);
    assert.notEqual((await prepare()).fingerprint, first.fingerprint, 'the file changed under the same name');
    assert.ok(entries().length > count);
    file('train.jsonl', 40);
  });

  it('gives the same without a cache', async () => {
    const cached = await prepare({ data: { validationShare: 0.1 } });
    const folder = process.env.PLUG_DATA_CACHE;
    process.env.PLUG_DATA_CACHE = 'off';
    try {
      const plain = await prepare({ data: { validationShare: 0.1 } });
      assert.equal(plain.fingerprint, cached.fingerprint);
      assert.deepEqual(plain.dataStats, cached.dataStats);
      assert.deepEqual(idsOf(plain.validation), idsOf(cached.validation));
    } finally {
      process.env.PLUG_DATA_CACHE = folder;
    }
  });

  it('leaves nothing in the cache when the data are refused, and works once they are mended', async () => {
    const before = entries();
    writeFileSync(join(dir, 'bad.jsonl'), '{"id":"a","instruction_ko":"x","response_ko":"y"}\n{"id":');
    const data = { train: join(dir, 'bad.jsonl') };
    await assert.rejects(prepare({ data, method: { name: 'monolingual' } }), /bad\.jsonl:2: expected/);
    assert.deepEqual(entries(), before);
    writeFileSync(join(dir, 'bad.jsonl'), '{"id":"a","instruction_ko":"x","response_ko":"y"}\n');
    assert.equal((await prepare({ data, method: { name: 'monolingual' } })).train.count, 1);
  });

  it('prunes what is a month old, and lets the unfinished folder of another process be', async () => {
    const folder = (name: string, days: number) => {
      const path = join(process.env.PLUG_DATA_CACHE as string, name);
      mkdirSync(path);
      const then = new Date(Date.now() - days * 24 * 3600 * 1000);
      utimesSync(path, then, then);
    };
    const [running, killed] = ['1', '2'].map((digit) => `.${digit.repeat(32)}.plug-tune-${digit}.tmp`);
    folder(running, 0);
    folder(killed, 31);
    folder('photos', 400);
    await prepare({ data: { limit: 8 } });
    assert.ok(entries().includes(running));
    assert.ok(!entries().includes(killed));
    assert.ok(entries().includes('photos'), 'what is not ours is left alone');
  });

  it('mixes languages: each target from the rows that hold it, held-out ids the same in all', async () => {
    const both = file('both.jsonl', 30, ['ko', 'zh', 'en']);
    const data = { train: [both, file('ko.jsonl', 10)], validationShare: 0.2, deduplicate: 'off' };
    const all = await prepare({ method: { target: ['ko', 'zh'] }, data });
    const { train, validation, dataStats } = all;
    const counts = [0, 1].map(
      (group) => [...train.groups, ...validation.groups].filter((one) => one === group).length,
    );
    assert.deepEqual(counts, [40, 30]);
    assert.deepEqual(dataStats.targets?.zh.rows.withoutPartner, { zh: 10 });
    assert.equal(dataStats.rows.kept, 70);
    assert.equal(dataStats.train.maxTurns, 1, 'the most of all, not the sum');
    const held = new Set(idsOf(validation));
    assert.ok(held.size > 0 && idsOf(train).every((id) => !held.has(id)));
    assert.match(textOf(all, train.groups.indexOf(1)), /both in English and in Chinese\.[\s\S]*zh question/);
    assert.deepEqual([...new Set(all.heldOut.map(({ pair }) => pair.target))], ['ko', 'zh']);
  });

  it('reads a method of its own from a file', async () => {
    const path = join(dir, 'echo.mjs');
    const write = (word: string) =>
      writeFileSync(
        path,
        `export default {
          name: 'echo', summary: 'say it again', spans: ['targetResponse'], languages: ({ target }) => [target],
          segments: ({ turns }, { target }) => turns[target].map(({ instruction }) => [
            { role: 'user', text: instruction, supervised: false },
            { role: 'targetResponse', text: '${word} ' + instruction, supervised: true },
          ]),
          prompt: (text) => [{ role: 'user', text, supervised: false }],
          answer: (text) => ({ answer: text, status: 'found' }),
        };`,
      );
    write('Again:');
    const one = await prepare({ method: { name: path }, data: { validationShare: 0 } });
    assert.equal(textOf(one), '<|user|>\nko question 0\n<|assistant|>\nAgain: ko question 0');
    rmSync(path);
    await assert.rejects(prepare({ method: { name: path } }), /echo\.mjs/);
    writeFileSync(join(dir, 'half.mjs'), 'export default { name: "half", answer() {} }');
    await assert.rejects(
      prepare({ method: { name: join(dir, 'half.mjs') } }),
      /got one without languages, segments, prompt/,
    );
  });

  it('refuses a pivot that is the target, where the method needs both', async () => {
    await assert.rejects(
      prepare({ method: { pivot: 'ko' } }),
      /method\.pivot must be another language.*"ko"/,
    );
    assert.ok((await prepare({ method: { name: 'pivot-only', target: 'ko', pivot: 'ko' } })).train.count > 0);
  });

  it('trains a tokenizer on the text of the method, and else takes the one at hand', async () => {
    const trained = await prepare();
    assert.equal(trained.tokenizer.vocabSize, 320);
    assert.ok(
      trained.tokenizer.encode('English response').length < 8,
      'pieces of the text it was trained on',
    );
    const [saved, other] = [join(dir, 'tokenizer'), join(dir, 'other')];
    await trained.tokenizer.save(saved);
    await (await prepare({ tokenizer: { vocabSize: 260 } })).tokenizer.save(other);
    const pieces = async (changes: Changes, from?: string) =>
      (await prepare(changes, { from })).tokenizer.vocabSize;
    assert.equal(await pieces({ model: { from: saved } }), 320);
    assert.equal(await pieces({ model: { from: saved }, tokenizer: { path: other } }), 260);
    assert.equal(await pieces({ tokenizer: { path: other } }, saved), 320);
    const text = async (path: string) =>
      textOf(await prepare({ tokenizer: { path }, model: { maxSeqLen: 600 } }));
    assert.equal(await text(saved), await text(other), 'each with tokens of its own');
  });

  it('trains a tokenizer on nothing that is held out', async () => {
    const data = { train: join(dir, 'words.jsonl'), validationShare: 0.3 };
    const rows = Array.from({ length: 20 }, (_, i) => {
      const word = `${String.fromCharCode(97 + i)}`.repeat(6);
      return { id: `w${i}`, instruction_ko: `${word} ${word} ${word}`, response_ko: word };
    });
    writeFileSync(data.train, rows.map((row) => JSON.stringify(row)).join('\n'));
    const { tokenizer, heldOut } = await prepare({
      data,
      method: { name: 'monolingual' },
      tokenizer: { vocabSize: 2000 },
    });
    assert.ok(heldOut.length > 0 && heldOut.length < 20);
    for (const { id, response_ko: word } of rows) {
      const held = heldOut.some(({ example }) => example.id === id);
      assert.equal(tokenizer.encode(` ${word}`).length > 2, held, word);
    }
  });
});
