/** What is written stands whole, or what stood there before. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileWhole, writeFolderWhole } from '../src/files.ts';
import { temporaryFolder } from './support/files.ts';

describe('writing whole', () => {
  const dir = temporaryFolder();

  it('leaves the old file and no other when the new one fails', async () => {
    const file = join(dir, 'file');
    await writeFileWhole(file, 'old');
    const failing = writeFileWhole(file, async (path) => {
      writeFileSync(path, 'half');
      throw new Error('disk full');
    });
    await assert.rejects(failing, /disk full/);
    assert.equal(readFileSync(file, 'utf8'), 'old');
    assert.deepEqual(readdirSync(dir), ['file']);
  });

  it('leaves the old folder and no other when the new one fails, and replaces it whole', async () => {
    const inner = join(dir, 'folder');
    await writeFolderWhole(inner, async (path) => writeFileSync(join(path, 'a'), '1'));
    const failing = writeFolderWhole(inner, async (path) => {
      writeFileSync(join(path, 'b'), '2');
      throw new Error('disk full');
    });
    await assert.rejects(failing, /disk full/);
    assert.deepEqual(readdirSync(inner), ['a']);
    await writeFolderWhole(inner, async (path) => writeFileSync(join(path, 'c'), '3'));
    assert.deepEqual(readdirSync(inner), ['c']);
    assert.deepEqual(readdirSync(dir).sort(), ['file', 'folder']);
  });

  it('says in a line what the system refuses', async () => {
    const full = writeFileWhole(join(dir, 'file'), async () => {
      throw Object.assign(new Error('write'), { code: 'ENOSPC' });
    });
    await assert.rejects(
      full,
      /file: expected room on the disk, got a full one; free space, then go on with/,
    );
    const through = writeFolderWhole(join(dir, 'file', 'inner'), async () => {});
    await assert.rejects(through, /inner: expected a folder to write in, got a path through a file/);
  });
});
