/** The folder of an evaluation never loses an answer: not to fewer rows, other rows, other settings, or a kill. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reply } from '../../src/evaluate/answer.ts';
import { evaluate } from '../../src/evaluate/evaluate.ts';
import { type About, openStore } from '../../src/evaluate/store.ts';
import { temporaryFolder } from '../support/files.ts';
import { copyFolder, failing } from '../train/support.ts';

describe('answers that are stored', () => {
  const folder = temporaryFolder();
  let folders = 0;
  const newFolder = () => join(folder, `folder-${folders++}`);
  const rows = (file: string, count: number, word = 'question') =>
    Array.from({ length: count }, (_, i) => ({ id: `${i}`, file, instruction: `${word} ${i}?`, answer: i }));
  const about = (file: string, limit?: number): About => ({ model: 'm', target: 'en', files: [file], limit });
  const A = { model: 'a', generate: { temperature: 0 } };
  const B = { model: 'b', generate: { temperature: 0 } };

  /** Evaluates rows into a folder, as `evaluateFolder` does. @returns the questions that were asked, and the scores' file */
  async function evaluated(dir: string, settings: object, some: ReturnType<typeof rows>, limit?: number) {
    const store = await openStore(dir, settings);
    const asked: string[] = [];
    const ask = async (instructions: string[]): Promise<Reply[]> => {
      asked.push(...instructions);
      return instructions.map((text) => ({ answer: text, text, tokens: 1, stopped: 'end' }));
    };
    const replies = store.repliesTo(some);
    const onAnswer = store.append;
    const found = await evaluate(ask, { rows: some, target: 'en', batchSize: 2, replies, onAnswer });
    return { asked, file: await store.finish(found, about(some[0].file, limit)), found };
  }
  const stored = (...path: string[]) =>
    readFileSync(join(...path), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .map(({ file, id }) => `${file} ${id}`);
  const rowsScored = (dir: string, name = 'scores.json') =>
    JSON.parse(readFileSync(join(dir, name), 'utf8')).rows;

  it('stay when fewer rows are asked, whose scores go to a file of their own', async () => {
    const dir = newFolder();
    await evaluated(dir, A, rows('open.jsonl', 8));
    const { asked, file, found } = await evaluated(dir, A, rows('open.jsonl', 3), 3);
    assert.deepEqual([asked, file, found.answers.length], [[], 'scores-open-limit-3.json', 3]);
    assert.deepEqual(stored(dir, 'answers.jsonl').length, 8);
    assert.deepEqual([rowsScored(dir), rowsScored(dir, file)], [8, 3]);
  });

  it('are gone on with when more rows are asked: only the others are, in the same batches', async () => {
    const dir = newFolder();
    await evaluated(dir, A, rows('open.jsonl', 3), 3);
    const { asked, file } = await evaluated(dir, A, rows('open.jsonl', 6));
    assert.deepEqual(asked, ['question 2?', 'question 3?', 'question 4?', 'question 5?']);
    assert.deepEqual([file, rowsScored(dir)], ['scores.json', 6]);
    assert.deepEqual(
      stored(dir, 'answers.jsonl'),
      [0, 1, 2, 3, 4, 5].map((id) => `open.jsonl ${id}`),
    );
  });

  it('stay when other rows are asked, also rows of the same ids that ask something else', async () => {
    const dir = newFolder();
    await evaluated(dir, A, rows('open.jsonl', 4));
    const { file } = await evaluated(dir, A, rows('own.jsonl', 2));
    assert.equal(file, 'scores-own.json');
    assert.equal((await evaluated(dir, A, rows('open.jsonl', 4, 'other'))).asked.length, 4);
    assert.equal(stored(dir, 'answers.jsonl').length, 10);
    assert.deepEqual([rowsScored(dir), (await evaluated(dir, A, rows('open.jsonl', 4))).asked], [4, []]);
  });

  it('of another model or settings move aside, and come back when these are asked again', async () => {
    const dir = newFolder();
    await evaluated(dir, A, rows('open.jsonl', 4));
    await evaluated(dir, B, rows('open.jsonl', 2));
    assert.deepEqual([stored(dir, 'answers.jsonl').length, rowsScored(dir)], [2, 2]);
    const [earlier] = readdirSync(join(dir, 'earlier'));
    assert.equal(stored(dir, 'earlier', earlier, 'answers.jsonl').length, 4);
    const { asked } = await evaluated(dir, A, rows('open.jsonl', 4));
    assert.deepEqual([asked, rowsScored(dir)], [[], 4]);
    assert.notDeepEqual(readdirSync(join(dir, 'earlier')), [earlier]);
    assert.deepEqual((await evaluated(dir, B, rows('open.jsonl', 2))).asked, []);
  });

  it('move and come back without a file of somebody else, which stays', async () => {
    const dir = newFolder();
    await evaluated(dir, A, rows('open.jsonl', 4));
    await evaluated(dir, B, rows('open.jsonl', 2));
    const [earlier] = readdirSync(join(dir, 'earlier'));
    writeFileSync(join(dir, 'earlier', earlier, 'notes.txt'), 'mine');
    writeFileSync(join(dir, 'notes.txt'), 'mine');
    await evaluated(dir, A, rows('open.jsonl', 4));
    assert.deepEqual(readdirSync(join(dir, 'earlier', earlier)), ['notes.txt']);
    assert.ok(existsSync(join(dir, 'notes.txt')));
    // Scores without answers are not removed either.
    rmSync(join(dir, 'answers.jsonl'));
    await evaluated(dir, B, rows('open.jsonl', 2));
    assert.ok(existsSync(join(dir, 'earlier', earlier, 'scores.json')));
  });

  it('survive a kill at any moment of moving aside and coming back', async () => {
    const dir = newFolder();
    await evaluated(dir, A, rows('open.jsonl', 4));
    await evaluated(dir, B, rows('open.jsonl', 2));
    const names = ['rename', 'rm', 'open'] as const;
    const copy = () => copyFolder(dir, newFolder());
    const all = await failing([...names], 1e9, () => openStore(copy(), A));
    assert.ok(all > 8, `${all} calls`);
    for (let allowed = 0; allowed < all; allowed++) {
      const killed = copy();
      await failing([...names], allowed, () => openStore(killed, A));
      const [a, b] = [await openStore(killed, A).then((one) => one.replies), await openStore(killed, B)];
      assert.deepEqual([a.length, b.replies.length], [4, 2], `killed after ${allowed} calls`);
    }
  });

  it('do not lose the lines behind a damaged one', async () => {
    const dir = newFolder();
    await evaluated(dir, A, rows('open.jsonl', 4));
    const file = join(dir, 'answers.jsonl');
    const lines = readFileSync(file, 'utf8').split('\n');
    writeFileSync(file, [lines[0], '\0\0\0', ...lines.slice(2)].join('\n'));
    assert.deepEqual((await evaluated(dir, A, rows('open.jsonl', 4))).asked, ['question 0?', 'question 1?']);
  });

  it('that no evaluation of ours wrote are refused, and left as they are', async () => {
    for (const name of ['answers.jsonl', 'scores.json', 'evaluation.json']) {
      const dir = newFolder();
      mkdirSync(dir);
      writeFileSync(join(dir, name), 'mine');
      await assert.rejects(openStore(dir, A), /expected a folder of our own evaluations, got this file/);
      assert.deepEqual([readdirSync(dir), readFileSync(join(dir, name), 'utf8')], [[name], 'mine']);
      assert.ok(!existsSync(join(dir, 'earlier')));
    }
  });
});
