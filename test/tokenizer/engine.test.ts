/** The process that runs tokenizers: what it answers, and what becomes of it and of the program where it ends. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { UserError } from '../../src/errors.ts';
import { type Pipeline, pipelineOf, waitUntilSet } from '../../src/tokenizer/engine/pipeline.ts';

const json = {
  version: '1.0',
  added_tokens: [],
  normalizer: null as object | null,
  pre_tokenizer: { type: 'Split', pattern: { Regex: '\\S|\\s' }, behavior: 'Isolated', invert: false },
  post_processor: null,
  decoder: { type: 'Fuse' },
  model: { type: 'WordLevel', vocab: { a: 0, b: 1, '😀': 2, '[UNK]': 3 } as object, unk_token: '[UNK]' },
};
const open = (change: object = {}): Pipeline =>
  pipelineOf(() => JSON.stringify({ ...json, ...change }), 'x/tokenizer.json', 'parts');
const split = (pattern: string) => ({
  pre_tokenizer: { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false },
});
const lists = (ids: Int32Array[]) => ids.map((one) => [...one]);

/** Processes that `pid` started for tokenizers. Linux tells them. */
function enginesOf(pid: number): number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' '),
  );
  const isEngine = (child: string) =>
    child !== '' && readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('engine/process.mjs');
  return children.filter(isEngine).map(Number);
}

/** Waits until none of `processes` is left. */
async function gone(processes: number[]): Promise<void> {
  const left = () => processes.filter((pid) => existsSync(`/proc/${pid}`));
  for (let i = 0; i < 200 && left().length > 0; i++) await sleep(50);
  assert.deepEqual(left(), []);
}

describe('tokenizer pipelines', () => {
  it('encode, decode and tell where ids begin, at once and later', async () => {
    const pipeline = open();
    const texts = ['ab', '', 'x😀b'];
    const expected = [[0, 1], [], [3, 2, 1]];
    assert.deepEqual(lists(pipeline.encode(texts)), expected);
    assert.deepEqual(lists(await pipeline.encodeLater(texts)), expected);
    assert.deepEqual(lists(pipeline.starts(texts)), [[0, 1], [], [0, 1, 2]]);
    assert.deepEqual(lists(await pipeline.startsLater(texts)), [[0, 1], [], [0, 1, 2]]);
    assert.equal(pipeline.decode(Int32Array.of(2, 0, 99)), '😀a');
    assert.deepEqual(await pipeline.open(['b', 'nothing', '[UNK]']), [1, -1, 3]);
  });

  it('keep requests apart that are made while others wait', async () => {
    const [one, other] = [open(), open({ model: { ...json.model, vocab: { a: 7, '[UNK]': 0 } } })];
    const later = Promise.all([one.encodeLater(['aa']), other.encodeLater(['aa']), one.encodeLater(['b'])]);
    assert.deepEqual(lists(other.encode(['a'])), [[7]]);
    assert.deepEqual((await later).map(lists), [[[0, 0]], [[7, 7]], [[1]]]);
  });

  it('wait for an answer though the notice of an earlier one comes late', () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const late = `
      const flag = require('node:worker_threads').workerData;
      while (Atomics.notify(flag, 0) === 0);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
      Atomics.store(flag, 0, 1);
      Atomics.notify(flag, 0);
    `;
    new Worker(late, { eval: true, workerData: flag });
    waitUntilSet(flag);
    assert.equal(flag[0], 1);
  });

  it('say in one line what the library refuses', async () => {
    const refused = async (change: object) => {
      const error = await open(change)
        .open([])
        .catch((reason) => reason);
      assert.ok(error instanceof UserError, String(error));
      assert.doesNotMatch(error.message, /\n/);
      return error.message;
    };
    assert.match(
      await refused(split('(a')),
      /^x\/tokenizer\.json: expected .*, got: .*parenthesis \(parts\)/,
    );
    assert.match(await refused({ normalizer: { type: 'Novel' } }), /NormalizerUntagged/);
    assert.match(await refused({ version: '9' }), /Unknown tokenizer version/);
  });

  it('survive a pattern that ends the process, and say so', async () => {
    const [good, bad] = [open(), open(split('(a+)+$'))];
    const text = `${'a'.repeat(60)}!`;
    const message = /expected to encode "a{40}…", got: .*retry-limit/;
    assert.throws(() => bad.encode([text]), message);
    assert.deepEqual(lists(good.encode(['ab'])), [[0, 1]], 'in a new process');
    await assert.rejects(bad.encodeLater(['b', text]), /expected to encode "b", got: .*retry-limit/);
    assert.deepEqual(lists(await good.encodeLater(['ba'])), [[1, 0]]);
  });

  it('end a request that takes too long', () => {
    const vocab = { a: 0, '##a': 1, '[UNK]': 2 };
    const model = { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', vocab };
    const slow = open({ pre_tokenizer: null, model: { ...model, max_input_chars_per_word: 1e9 } });
    assert.throws(() => slow.encode(['a'.repeat(50_000)]), /got: it takes too much time/);
    assert.deepEqual(lists(open().encode(['ab'])), [[0, 1]]);
  });

  it('do not hold the time of one request against another that waits for it', async () => {
    const pipeline = open();
    const text = 'ab'.repeat(200_000); // more of them than the library's pool has threads
    const long = Promise.all(Array.from({ length: 8 }, () => pipeline.encodeLater([text])));
    const short = pipeline.encodeLater(['ab']);
    for (const [ids] of await long) assert.equal(ids.length, text.length);
    assert.deepEqual(lists(await short), [[0, 1]]);
  });

  const onLinux = existsSync('/proc/self/task') ? it : it.skip;

  onLinux('begin again where the process was killed, and outlive signals of the terminal', async () => {
    const pipeline = open();
    pipeline.encode(['a']);
    const [engine, ...others] = enginesOf(process.pid);
    assert.deepEqual(others, [], 'one process for all');
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(engine, signal);
    await sleep(100);
    assert.deepEqual(lists(pipeline.encode(['b'])), [[1]]);
    assert.deepEqual(enginesOf(process.pid), [engine]);
    process.kill(engine, 'SIGKILL');
    await gone([engine]);
    await sleep(50);
    assert.deepEqual(lists(await pipeline.encodeLater(['ab'])), [[0, 1]]);
  });

  onLinux('say that the process was killed while it worked', async () => {
    const pipeline = open();
    pipeline.encode(['a']);
    const [engine] = enginesOf(process.pid);
    const lost = pipeline.encodeLater(['ab'.repeat(500_000)]);
    await sleep(100);
    process.kill(engine, 'SIGKILL');
    await assert.rejects(lost, /got: the end of its process \(SIGKILL\); another program ended it/);
    assert.deepEqual(lists(pipeline.encode(['b'])), [[1]]);
  });

  onLinux('end with the program, however that ends', async () => {
    const program = `
      const { pipelineOf } = await import(${JSON.stringify(new URL('../../src/tokenizer/engine/pipeline.ts', import.meta.url).href)});
      console.log(pipelineOf(() => ${JSON.stringify(JSON.stringify(json))}, 'x', '').encode(['ab'])[0].join());
      if (process.argv[1] === 'stay') setInterval(() => {}, 1000);
    `;
    for (const how of ['leave', 'stay']) {
      const args = ['--import', 'tsx', '--input-type=module', '-e', program, how];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      const closed = once(child, 'close');
      const [line] = await once(createInterface({ input: child.stdout }), 'line');
      assert.equal(line, '0,1');
      const engines = how === 'stay' ? enginesOf(child.pid as number) : [];
      if (how === 'stay') child.kill('SIGKILL');
      const [code] = await closed;
      assert.equal(code, how === 'stay' ? null : 0);
      await gone(engines);
    }
  });
});
