/** Files that grow line by line: nothing of another job, of the user, or of another process is written over. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuseOutput, runLineJob } from '../../src/cli/lineJob.ts';
import { takeLock } from '../../src/runtime/lock.ts';
import { temporaryFolder } from '../support/files.ts';

describe('a file of lines', () => {
  const folder = temporaryFolder();
  let files = 0;
  const newFile = () => join(folder, `out-${files++}.jsonl`);
  const text = (file: string) => readFileSync(file, 'utf8');

  /** @param failAt item at which the work breaks off */
  function job(output: string, { count = 6, model = 'a', overwrite = false, failAt = -1 } = {}) {
    const written: number[] = [];
    const run = runLineJob<number>({
      items: Array.from({ length: count }, (_, i) => i),
      ...{ output, overwrite, thing: 'answer', settings: { model }, batchSize: 2 },
      async write(items) {
        if (items.includes(failAt)) throw new Error('broken off');
        written.push(...items);
        return items.map((id) => ({ id, model }));
      },
      ...{
        undone: 'not answered',
        reasonOf: () => undefined,
        nameOf: (id) => ({ place: 'rows', id: `${id}` }),
      },
    });
    return run.then((code) => ({ code, written }));
  }
  const ids = (file: string) =>
    text(file)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id);

  it('goes on after the last whole line, also of a job that replaces an earlier file', async () => {
    for (const overwrite of [false, true]) {
      const file = newFile();
      if (overwrite) writeFileSync(file, 'earlier');
      await assert.rejects(job(file, { failAt: 4, overwrite }), /broken off/);
      assert.equal(existsSync(file) && text(file), overwrite && 'earlier', 'replaced only at the end');
      writeFileSync(`${file}.part`, `${text(`${file}.part`)}{"id":4,"mo`);
      const { code, written } = await job(file, { overwrite });
      assert.deepEqual([code, written, ids(file)], [0, [4, 5], [0, 1, 2, 3, 4, 5]]);
      assert.ok(!existsSync(`${file}.part`) && !existsSync(`${file}.lock`));
    }
  });

  it('of another job is kept, unless it is to be dropped', async () => {
    const file = newFile();
    await assert.rejects(job(file, { failAt: 4 }), /broken off/);
    const before = text(`${file}.part`);
    for (const other of [{ model: 'b' }, { count: 7 }]) {
      await assert.rejects(
        job(file, other),
        /part: expected the unfinished file of this command, got 4 rows of another model, input or settings; finish that/,
      );
      assert.equal(text(`${file}.part`), before);
    }
    assert.deepEqual((await job(file, { model: 'b', overwrite: true })).written, [0, 1, 2, 3, 4, 5]);
  });

  it('is not begun over a file that is not ours', async () => {
    const file = newFile();
    for (const mine of ['half of a download', '{"id":1}\n{"id":2}\n']) {
      writeFileSync(`${file}.part`, mine);
      for (const overwrite of [false, true]) {
        await assert.rejects(
          job(file, { overwrite }),
          /part: expected no such file, got one that is not ours; move it/,
        );
      }
      assert.equal(text(`${file}.part`), mine);
    }
  });

  it('is refused where a file is, or something that is no file, or what is read', () => {
    const file = newFile();
    writeFileSync(file, 'mine');
    symlinkSync(file, `${file}.link`);
    mkdirSync(`${file}.d`);
    assert.throws(
      () => refuseOutput(file, false),
      /expected no such file, got one; --overwrite replaces it once/,
    );
    assert.throws(
      () => refuseOutput(`${file}.d`, true),
      /expected a file to write, got a folder of that name/,
    );
    assert.throws(() => refuseOutput('/dev/null', true), /expected a file to write, got a device or pipe/);
    for (const output of [file, `${file}.link`]) {
      assert.throws(
        () => refuseOutput(output, true, file),
        /expected another file than --input, got the same one/,
      );
    }
    refuseOutput(file, true, `${file}.other`);
  });

  it('has one process at a time, and a file made meanwhile is not replaced', async () => {
    const file = newFile();
    const lock = takeLock(`${file}.lock`, 'answers');
    assert.ok('release' in lock);
    const held = new RegExp(
      `expected no other process at work on it, got process ${process.pid} on .* \\(answers\\)`,
    );
    assert.throws(() => refuseOutput(file, true), held);
    await assert.rejects(job(file), held);
    lock.release();
    writeFileSync(file, 'made meanwhile');
    await assert.rejects(job(file), /expected no such file, got one/);
    assert.equal(text(file), 'made meanwhile');
  });
});
