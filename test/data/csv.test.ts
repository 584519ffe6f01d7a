/** CSV and TSV: what is a row, what is a line, and what is wrong with a file. */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { type RowError, readRows } from '../../src/data/read/read.ts';
import { displayPath } from '../../src/paths.ts';
import { temporaryFolder } from '../support/files.ts';
import { fileMaker } from './support.ts';

const { write } = fileMaker(temporaryFolder());

async function read(path: string, onBad?: (error: RowError) => void): Promise<[number, ...unknown[]][]> {
  const rows: [number, ...unknown[]][] = [];
  for await (const { row, line, unit } of readRows(path, onBad)) {
    assert.equal(unit, 'line');
    rows.push([line, ...Object.values(row)]);
  }
  return rows;
}
const csv = (content: string | Uint8Array, name = 'x.csv') => write(name, content);
const fails = (path: string, message: string | RegExp) =>
  assert.rejects(read(path), {
    message: typeof message === 'string' ? displayPath(path) + message : message,
  });

describe('readRows of CSV', () => {
  it('gives texts by the names of the header', async () => {
    const path = csv('id,instruction,output\n007,Q,A\n1390991500702712081,1.50,\n');
    const rows = [];
    for await (const { row } of readRows(path)) rows.push(row);
    assert.deepEqual(rows, [
      { id: '007', instruction: 'Q', output: 'A' },
      { id: '1390991500702712081', instruction: '1.50', output: '' },
    ]);
  });

  it('keeps line breaks, delimiters and quotation marks within a field', async () => {
    const content = 'a,b\n"1, 2\n\n3","say ""hi"""\n5" disk,"x" y\n';
    assert.deepEqual(await read(csv(content)), [
      [2, '1, 2\n\n3', 'say "hi"'],
      [5, '5" disk', '"x" y'],
    ]);
  });

  it('counts lines whatever ends them, empty ones too, and drops a byte-order mark', async () => {
    const rows = [
      [2, '1', 'x\ny'],
      [5, '3', '4'],
    ];
    const content = '\ufeffa,b\n1,"x\ny"\n\n3,4';
    assert.deepEqual(await read(csv(content)), rows);
    const crlf = content.replaceAll('\n', '\r\n');
    assert.deepEqual(await read(csv(crlf)), [[2, '1', 'x\r\ny'], rows[1]]);
    assert.deepEqual(await read(csv('a,b\r1,2\r3,4\r')), [
      [2, '1', '2'],
      [3, '3', '4'],
    ]);
    const both = 'a,b\r\n1,2\n3,4\r\n';
    assert.deepEqual(await read(csv(both)), [
      [2, '1', '2'],
      [3, '3', '4'],
    ]);
  });

  it('finds the delimiter in the header', async () => {
    for (const delimiter of [',', ';', '\t', '|']) {
      const path = csv([`a${delimiter}"b,;|"`, `1${delimiter}2`].join('\n'));
      assert.deepEqual(await read(path), [[2, '1', '2']], JSON.stringify(delimiter));
    }
    assert.deepEqual(await read(csv('a,b\t1,2\n', 'x.tsv')), [], 'a tab divides TSV');
    assert.deepEqual(await read(csv('a,b\tc\n1,2\t3\n', 'x.tsv')), [[2, '1,2', '3']]);
    assert.deepEqual(await read(csv('text\nhello\n\n"two\nlines"')), [
      [2, 'hello'],
      [4, 'two\nlines'],
    ]);
  });

  it('is read packed, and streamed', async () => {
    const content = `a,b\n${Array.from({ length: 20_000 }, (_, i) => `${i},"한국\n${i}"\n`).join('')}`;
    const rows = await read(write('x.csv.gz', gzipSync(content)));
    assert.deepEqual([rows.length, rows[19_999]], [20_000, [40_000, '19999', '한국\n19999']]);
    for await (const { line } of readRows(csv(`${content}"never closed`))) {
      assert.equal(line, 2);
      break;
    }
  });

  it('names a row of another number of fields by its line', async () => {
    const path = csv('a,b\n1,2\n"x\ny",3\n4\n5,6,7\n8,9\n');
    const bad: string[] = [];
    assert.deepEqual(await read(path, ({ message, reason }) => bad.push(`${reason} ${message}`)), [
      [2, '1', '2'],
      [3, 'x\ny', '3'],
      [7, '8', '9'],
    ]);
    const where = displayPath(path);
    assert.deepEqual(bad, [
      `number of fields ${where}:5: expected 2 fields, as the header has, got 1: "4"`,
      `number of fields ${where}:6: expected 2 fields, as the header has, got 3: "5 | 6 | 7"`,
    ]);
    await fails(path, ':5: expected 2 fields, as the header has, got 1: "4"');
  });

  it('names a header that cannot be, a quotation mark left open, and bytes that are no UTF-8', async () => {
    await fails(csv('a,b,a\n1,2,3'), ':1: expected a header of column names that differ, got "a" twice');
    await fails(csv('a,b\n1,2\n"x,2\n3,4\n'), ':3: expected CSV, got a quotation mark that is never closed');
    const latin1 = Buffer.from('a,b\n1,2\nperché,3\n', 'latin1');
    await fails(csv(latin1), ':3: expected UTF-8, got bytes that are none');
    await fails(
      csv(Buffer.from('\ufeffa,b\n', 'utf16le')),
      ': expected UTF-8, got UTF-16; save the file as UTF-8',
    );
  });

  it('calls a column without a name by its number, and reads nothing of an empty file', async () => {
    for await (const { row } of readRows(csv(',a\n0,x\n')))
      assert.deepEqual(row, { 'column 1': '0', a: 'x' });
    assert.deepEqual(await read(csv('')), []);
    assert.deepEqual(await read(csv('a,b\n')), []);
  });
});
