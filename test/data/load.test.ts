import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashShare, loadExamples, splitValidation } from '../../src/data/load.ts';
import type { Example } from '../../src/methods/parts/example.ts';
import { displayPath } from '../../src/recipe/paths.ts';

const HINT = ' (--data.onBadRow skip leaves such rows out and counts them)';

describe('loadExamples', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'plug-load-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  let count = 0;
  const file = (...lines: unknown[]) => {
    const path = join(dir, `rows${count++}.jsonl`);
    writeFileSync(
      path,
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    );
    return path;
  };
  const row = (id: unknown, response: unknown = '답') => ({
    id,
    instruction_ko: '질문',
    response_ko: response,
  });
  const load = (train: string | string[], more: { limit?: number; onBadRow?: 'stop' | 'skip' } = {}) =>
    loadExamples({ train, columns: 'auto', onBadRow: 'stop', ...more }, ['ko']);
  const ids = (examples: Example[]) => examples.map(({ id }) => id);

  it('gives the examples in order, with an account', async () => {
    const path = file(row('a'), row('b'));
    const { examples, account } = await load(path);
    assert.deepEqual(examples, [
      { id: 'a', turns: { ko: [{ instruction: '질문', response: '답' }] } },
      { id: 'b', turns: { ko: [{ instruction: '질문', response: '답' }] } },
    ]);
    assert.deepEqual(account, { files: [path], read: 2, kept: 2, skipped: 0, reasons: {} });
  });

  it('reads several files, each with its own layout', async () => {
    const other = file({ id: 'c', instruction_ko: '질문', output_ko: '답' });
    const { examples, account } = await load([file(row('a')), other]);
    assert.deepEqual(ids(examples), ['a', 'c']);
    assert.equal(account.files.length, 2);
  });

  it('names rows without an id by file and line', async () => {
    const path = file(row(undefined), row(null), row(''), row(0));
    const name = path.slice(dir.length + 1);
    assert.deepEqual(ids((await load(path)).examples), [`${name}:1`, `${name}:2`, `${name}:3`, '0']);
  });

  it('stops at a bad row, naming file, line and field, and how to skip', async () => {
    const path = file(row('a'), row('b', null));
    await assert.rejects(load(path), {
      name: 'RowError',
      message: `${displayPath(path)}:2: field "response_ko": expected a non-empty string, got null${HINT}`,
    });
    const broken = file(row('a'), '{');
    await assert.rejects(load(broken), (error: Error) => {
      assert.ok(error.message.startsWith(`${displayPath(broken)}:2: expected a JSON object`));
      assert.ok(error.message.endsWith(HINT));
      return true;
    });
  });

  it('stops at an id that came before, also in another file', async () => {
    const path = file(row('a'));
    await assert.rejects(load([file(row('a')), path]), {
      message: `${displayPath(path)}:1: expected an id that no earlier row has, got "a" again${HINT}`,
    });
  });

  it('skips bad rows and counts them by reason, when asked to', async () => {
    const path = file('{', row('a'), row('b', ''), row('a'), row('c', ''), '[]', row('d'));
    const { examples, account } = await load(path, { onBadRow: 'skip' });
    assert.deepEqual(ids(examples), ['a', 'd']);
    assert.deepEqual(account, {
      files: [path],
      read: 7,
      kept: 2,
      skipped: 5,
      reasons: { 'not JSON': 1, 'response_ko: empty': 2, 'duplicate id': 1, 'not an object': 1 },
    });
  });

  it('does not take the id of a skipped row as used', async () => {
    const { examples } = await load(file(row('a', ''), row('a')), { onBadRow: 'skip' });
    assert.deepEqual(ids(examples), ['a']);
  });

  it('stops at unknown columns also where bad rows are skipped', async () => {
    await assert.rejects(
      load(file({ text: 'x' }), { onBadRow: 'skip' }),
      /expected columns of a known layout/,
    );
  });

  it('reads the first good rows up to a limit', async () => {
    const path = file(row('a', ''), row('b'), row('c'), row('d'), '{');
    const { examples, account } = await load(path, { limit: 2, onBadRow: 'skip' });
    assert.deepEqual(ids(examples), ['b', 'c']);
    assert.deepEqual([account.read, account.kept, account.skipped], [3, 2, 1]);
  });

  it('stops reading at the limit, so that a bad row behind it does no harm', async () => {
    const one = file(row('a'), '{');
    assert.equal((await load([one, join(dir, 'no such file')], { limit: 1 })).examples.length, 1);
  });
});

describe('splitValidation', () => {
  const make = (count: number): Example[] =>
    Array.from({ length: count }, (_, i) => ({ id: `row-${i}`, turns: { ko: [] } }));
  const ids = (examples: Example[]) => examples.map(({ id }) => id);

  it('holds out about the share, each example on one side, in order', () => {
    const examples = make(10_000);
    const { train, validation } = splitValidation(examples, 0.05);
    assert.ok(Math.abs(validation.length - 500) < 80, String(validation.length));
    assert.equal(train.length + validation.length, 10_000);
    const held = new Set(ids(validation));
    assert.deepEqual(ids(train), ids(examples.filter(({ id }) => !held.has(id))));
  });

  it('follows from the ids alone', () => {
    const examples = make(1000);
    const held = ids(splitValidation(examples, 0.1).validation);
    assert.deepEqual(ids(splitValidation([...examples].reverse(), 0.1).validation).reverse(), held);
    const more = ids(splitValidation(make(2000), 0.1).validation);
    assert.deepEqual(
      more.filter((id) => Number(id.slice(4)) < 1000),
      held,
    );
  });

  it('holds out the same ids as ever', () => {
    assert.deepEqual(ids(splitValidation(make(40), 0.1).validation), ['row-23', 'row-29', 'row-35']);
    assert.equal(hashShare('질문'), 0.4702174160629511);
  });

  it('leaves at least one on each side, where it can', () => {
    for (let count = 2; count < 60; count++) {
      for (const share of [1e-9, 0.02, 0.499]) {
        const { train, validation } = splitValidation(make(count), share);
        assert.ok(train.length > 0 && validation.length > 0, `${count} examples, share ${share}`);
      }
    }
    const low = make(30).filter(({ id }) => hashShare(id) < 0.1);
    assert.equal(low.length, 2, 'both would be held out');
    assert.equal(splitValidation(low, 0.4).train.length, 1);
    assert.deepEqual(splitValidation(make(1), 0.4), { train: make(1), validation: [] });
    assert.deepEqual(splitValidation([], 0.4), { train: [], validation: [] });
  });

  it('holds out nothing at share 0', () => {
    assert.deepEqual(splitValidation(make(5), 0), { train: make(5), validation: [] });
  });
});
