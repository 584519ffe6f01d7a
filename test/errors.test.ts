/** What a person is told of errors that are not ours: real ones of the system, and limits of JavaScript. */
import assert from 'node:assert/strict';
import {
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, hasFlag, isDebug, withoutFlags } from '../src/cli/door.ts';
import { errorLine, isUserError, readable, refusedAt, UserError } from '../src/errors.ts';
import { append, makeFolder, readJson } from '../src/files.ts';
import { temporaryFolder } from './support/files.ts';

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('errors of the system', () => {
  const dir = temporaryFolder();
  const at = (...names: string[]) => join(dir, ...names);
  before(() => {
    writeFileSync(at('file'), '');
    mkdirSync(at('folder'));
    writeFileSync(at('folder', 'inner'), '');
    symlinkSync(at('circle'), at('circle'));
  });
  const cases: [string, () => unknown, string][] = [
    [
      'nothing there',
      () => readFileSync(at('nowhere')),
      'nowhere: expected a file or folder, got none (ENOENT); ',
    ],
    [
      'a file on the way',
      () => readFileSync(at('file', 'x')),
      'file/x: expected a path through folders, got a file',
    ],
    ['a folder', () => readFileSync(at('folder')), 'read: expected a file, got a folder (EISDIR); '],
    [
      'one that is there',
      () => mkdirSync(at('file')),
      'file: expected no such file or folder, got one (EEXIST); ',
    ],
    ['a full folder', () => rmdirSync(at('folder')), 'folder: expected an empty folder, got files in it'],
    [
      'a long name',
      () => openSync(at('x'.repeat(300)), 'w'),
      'x: expected a shorter name, got one that the disk',
    ],
    [
      'a circle of links',
      () => readFileSync(at('circle')),
      'circle: expected a path that ends somewhere, got links',
    ],
    [
      'a folder over a file',
      () => renameSync(at('folder'), at('file')),
      'folder: expected a path through folders',
    ],
  ];
  for (const [name, work, expected] of cases) {
    it(`say in one line what was expected: ${name}`, () => {
      const line = errorLine(thrown(work));
      assert.ok(line.includes(expected), line);
      assert.match(line, /\(E[A-Z]+\); \w[^\n]*$/);
    });
  }

  it('name the file where the system does not', async function () {
    if (process.platform !== 'linux') this.skip();
    await assert.rejects(appendFile('/dev/full', 'x').catch(refusedAt('mine.jsonl')), {
      message:
        'mine.jsonl: expected room on the disk, got a full disk (ENOSPC); free some space and give the same command again',
    });
    await assert.rejects(append('/dev/full', 'x'), /^UserError: \/dev\/full: expected room on the disk/);
  });

  it('tell of too many open files', () => {
    const error = Object.assign(new Error('EMFILE'), { code: 'EMFILE', syscall: 'open', path: '/a' });
    assert.match(errorLine(error), /^\/a: expected room to open one more file, .*ulimit -n/);
  });

  it('tell of a code that is not in the table', () => {
    const error = Object.assign(new Error('EWEIRD: x'), { code: 'EWEIRD', syscall: 'open', path: '/a' });
    assert.equal(errorLine(error), '/a: expected open to work, got EWEIRD (EWEIRD); check the path');
  });

  it('keep the error itself for --debug, and leave others as they are', async () => {
    const error = await readFile(at('nowhere')).catch((error) => error);
    assert.equal((readable(error) as Error).cause, error);
    for (const other of [new TypeError('x'), new UserError('x'), 'text', undefined]) {
      assert.equal(readable(other), other);
    }
  });

  it('are told where folders are made and JSON is read', async () => {
    await assert.rejects(
      makeFolder(at('file')),
      /file: expected a folder to write in, got a file or a broken link of that name; .*--output/,
    );
    await assert.rejects(
      makeFolder(at('file', 'x')),
      /expected a folder to write in, got a path through a file/,
    );
    assert.equal(await readJson(at('nowhere')), null);
    assert.equal(await readJson(at('file', 'x')), null);
    await assert.rejects(readJson(at('folder')), /folder: expected a JSON object, got a folder/);
  });
});

describe('the line of an error', () => {
  it('is the message of one of ours, also from another copy of the package', () => {
    assert.equal(errorLine(new UserError('a: expected b, got c')), 'a: expected b, got c');
    const foreign = Object.assign(new Error('mine'), { isForUsers: true });
    assert.equal(errorLine(foreign), 'mine');
    assert.ok(isUserError(foreign) && !isUserError(new Error('x')) && !isUserError(null));
  });

  it('says that the program itself failed, in one line, and how to get the stack', () => {
    const expected =
      'plug-tune: expected no error of the program itself, got TypeError: a b; ' +
      'please report it, with the stack that the same command prints with --debug';
    assert.equal(errorLine(new TypeError('a\n  b')), expected);
    for (const odd of [undefined, null, 'text', 7, {}, new Error('')]) {
      assert.match(errorLine(odd), /^plug-tune: expected no error of the program itself, got \S.*--debug$/);
    }
  });

  it('says what to lower where memory ends', () => {
    const array = thrown(() => new Float64Array(2 ** 40));
    assert.match(errorLine(array), /^memory: .*--train\.batchSize/);
    const oom = new Error('OOM when allocating tensor with shape[1]\n\t [[node]]');
    assert.match(errorLine(oom), /^TensorFlow: expected memory .*gradientCheckpointing/);
  });

  it('has the stack below it with --debug or PLUG_DEBUG, and not otherwise', () => {
    const error = new UserError('short', { cause: new Error('deeper') });
    assert.equal(errorText(error, false), 'short');
    assert.match(errorText(error, true), /^short\n[\s\S]*at .*errors\.test\.ts[\s\S]*deeper/);
    assert.ok(isDebug(['train', '--debug'], {}) && isDebug([], { PLUG_DEBUG: '1' }));
    assert.ok(!isDebug(['generate', '--', '--debug'], {}) && !isDebug([], { PLUG_DEBUG: '0' }));
  });

  it('common flags are found and taken out before a lone --', () => {
    const args = ['a', '--quiet', 'b', '--', '--quiet'];
    assert.ok(hasFlag(args, '--quiet') && !hasFlag(args, '--debug'));
    assert.deepEqual(withoutFlags(args, ['--quiet']), ['a', 'b', '--', '--quiet']);
  });
});
