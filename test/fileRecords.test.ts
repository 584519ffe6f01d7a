/** Records of files tell damage from none, and a file that was changed from the one that was written. */
import assert from 'node:assert/strict';
import { appendFileSync, copyFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  isAsRecorded,
  problemIn,
  recordFolder,
  removeRecorded,
  sealed,
  unsealed,
} from '../src/fileRecords.ts';
import { temporaryFolder } from './support/files.ts';
import { zeroBytes } from './train/support.ts';

describe('records of files', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'weights');
  const content = Buffer.from(Array.from({ length: 1000 }, (_, i) => 1 + (i % 255)));
  beforeEach(() => writeFileSync(file, content));

  it('name the file and what differs', async () => {
    const records = await recordFolder(folder);
    assert.equal(await problemIn(folder, records), null);
    zeroBytes(file);
    assert.match(
      (await problemIn(folder, records)) ?? '',
      /^weights: expected SHA-256 \w{12}…, got \w{12}…$/,
    );
    appendFileSync(file, 'x');
    assert.match((await problemIn(folder, records)) ?? '', /^weights: expected 1000 bytes, got 1001$/);
    rmSync(file);
    assert.equal(await problemIn(folder, records), 'weights: it is missing');
  });

  it('hold for the same bytes at another time, not for other bytes of the same size', async () => {
    const { weights: record } = await recordFolder(folder);
    assert.ok(await isAsRecorded(file, record));
    utimesSync(file, 1, 1);
    assert.ok(await isAsRecorded(file, record));
    zeroBytes(file);
    assert.ok(!(await isAsRecorded(file, record)));
  });

  it('let only what is as recorded be removed', async () => {
    copyFileSync(file, join(folder, 'changed'));
    const records = await recordFolder(folder);
    zeroBytes(join(folder, 'changed'));
    writeFileSync(join(folder, 'added'), 'mine');
    assert.deepEqual(await removeRecorded(folder, { ...records, gone: records.weights }), ['changed']);
    assert.deepEqual(readdirSync(folder).sort(), ['added', 'changed']);
  });

  it('are sealed: a change of any digit is noticed', () => {
    const json = JSON.stringify(sealed({ step: 40, loss: 0.125, best: null, rest: undefined }));
    assert.deepEqual(unsealed(JSON.parse(json)), { step: 40, loss: 0.125, best: null });
    assert.equal(unsealed(JSON.parse(json.replace('0.125', '0.126'))), null);
    for (const other of [null, 1, [], {}, { step: 40 }]) assert.equal(unsealed(other), null);
  });
});
