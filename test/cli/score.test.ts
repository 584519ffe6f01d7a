/** `npm run score` as a process, on the base model that comes with the project. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../src/paths.ts';
import { startCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/files.ts';

describe('npm run score', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const model = join(projectRoot, 'checkpoints/world-base');
  const score = (...args: string[]) =>
    startCli(folder, ['score', '--model', model, '--input', 'in.jsonl', '--output', 'out.jsonl', ...args])
      .ended;
  const give = (...rows: object[]) =>
    writeFileSync(join(folder, 'in.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const read = (name = 'out.jsonl') => readFileSync(join(folder, name), 'utf8');
  const rows = () =>
    read()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('scores texts and ids, in order', async () => {
    const right = 'Which animal does Remel Paron have? Remel Paron has a duck.';
    const wrong = 'Which duck does animal have Paron? a Remel has duck Paron.';
    give({ id: 'right', text: right }, { id: 'wrong', text: wrong }, { text: 'no id' });
    const { code, error } = await score();
    assert.equal(code, 0, error);
    assert.match(error, /3 rows: out\.jsonl/);
    const [first, second, third] = rows();
    assert.deepEqual([first.id, second.id, third.id], ['right', 'wrong', 3]);
    assert.equal(first.logprobs.length, first.ids.length - 1);
    assert.ok(first.logprobs.every((value: number) => value <= 0));
    assert.ok(mean(first.logprobs) > mean(second.logprobs) + 2);

    give({ id: 'again', ids: first.ids });
    assert.match((await score()).error, /out\.jsonl: expected no such file, got one; --overwrite/);
    assert.equal((await score('--overwrite')).code, 0);
    const [again] = rows();
    assert.deepEqual(again.ids, first.ids);
    for (const [i, value] of first.logprobs.entries()) assert.ok(Math.abs(again.logprobs[i] - value) < 1e-4);
  });

  it('goes past a text that is too long, and takes one of no token for what it is', async () => {
    give(
      { id: 'empty', text: '' },
      { id: 'long', ids: Array(3000).fill(5) },
      { id: 'none', ids: [] },
      { id: 'one', ids: [7] },
    );
    const { code, error } = await score('--overwrite');
    assert.equal(code, 0, error);
    const [empty, long, none, one] = rows();
    assert.deepEqual([empty.logprobs, none.logprobs, one.logprobs], [[], [], []]);
    assert.equal(long.logprobs, null);
    assert.match(long.unscored, /^the text has 3000 tokens, and the model reads at most \d+$/);
    assert.match(error, /in\.jsonl:2 \(id long\): the text has 3000 tokens/);
    assert.match(error, /4 rows: out\.jsonl; not scored: 1 of 4 rows/);
  });

  it('needs no tokenizer for ids', async () => {
    const bare = join(folder, 'bare');
    for (const name of ['config.json', 'model.safetensors']) cpSync(join(model, name), join(bare, name));
    give({ id: 1, ids: [5, 6, 7] });
    const { code, error } = await score('--model', bare, '--overwrite');
    assert.equal(code, 0, error);
    assert.equal(rows()[0].logprobs.length, 2);
    give({ id: 1, text: 'a' });
    assert.match((await score('--model', bare, '--overwrite')).error, /bare.*tokenizer/);
  });

  it('goes on behind the last whole line of an unfinished output, of the same job alone', async () => {
    rmSync(join(folder, 'out.jsonl'), { force: true });
    give(...Array.from({ length: 30 }, (_, i) => ({ id: i, ids: [i + 5, i + 6, i + 7] })));
    assert.equal((await score('--batchSize', '1')).code, 0);
    const whole = read();
    rmSync(join(folder, 'out.jsonl'));
    const running = startCli(folder, [
      ...['score', '--model', model, '--input', 'in.jsonl', '--output', 'out.jsonl', '--batchSize', '1'],
    ]);
    const part = join(folder, 'out.jsonl.part');
    while (!existsSync(part) || read('out.jsonl.part').split('\n').length < 10)
      await new Promise((go) => setTimeout(go, 5));
    running.child.kill('SIGKILL');
    await running.ended;
    const [head, ...lines] = read('out.jsonl.part').split('\n');
    const marked = lines.slice(0, 8).map((line) => line.replace('{', '{"kept":true,'));
    writeFileSync(part, [head, ...marked, '{"id":8,"i'].join('\n'));
    assert.equal((await score('--batchSize', '1')).code, 0);
    assert.equal(read().replaceAll('"kept":true,', ''), whole);
    assert.equal(read().split('"kept":true,').length - 1, 8);
    assert.ok(!existsSync(part));
  });

  it('names the line that is wrong', async () => {
    give({ id: 1, text: 'a' }, { id: 2, words: 'b' });
    assert.match(
      (await score('--overwrite')).error,
      /in\.jsonl:2: expected a text, or ids as a list, got the fields id, words/,
    );
    give({ id: 1, ids: [5, 6] }, { id: 2, ids: [9999] });
    assert.match((await score('--overwrite')).error, /in\.jsonl:2: expected ids from 0 to 2047, got 9999/);
    assert.ok(!existsSync(join(folder, 'out.jsonl.part')));
    const { code, error } = await startCli(folder, ['score', '--model', model]).ended;
    assert.equal(code, 1);
    assert.match(error, /score: expected --input FILE/);
  });
});
