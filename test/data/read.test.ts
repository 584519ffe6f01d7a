import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type RowError, readRows } from '../../src/data/read/read.ts';
import { displayPath } from '../../src/paths.ts';

describe('readRows of JSON lines', () => {
  let dir: string;
  before(() => {
    dir = mkdtempSync(join(tmpdir(), 'plug-read-'));
  });
  after(() => rmSync(dir, { recursive: true }));

  let count = 0;
  const file = (content: string | Uint8Array) => {
    const path = join(dir, `${count++}.jsonl`);
    writeFileSync(path, content);
    return path;
  };
  const read = async (path: string, onBad?: (error: RowError) => void) => {
    const rows = [];
    for await (const { row, line } of readRows(path, onBad)) rows.push({ row, line });
    return rows;
  };
  const fails = (path: string, message: string | RegExp) =>
    assert.rejects(read(path), {
      message: typeof message === 'string' ? displayPath(path) + message : message,
    });

  it('gives rows with their line numbers, passing over empty lines', async () => {
    assert.deepEqual(await read(file('{"a":1}\n\n  \r\n{"a":"질문"}\r\n{"a":null}')), [
      { row: { a: 1 }, line: 1 },
      { row: { a: '질문' }, line: 4 },
      { row: { a: null }, line: 5 },
    ]);
  });

  it('reads an empty file, and one with or without a last line end', async () => {
    assert.deepEqual(await read(file('')), []);
    assert.equal((await read(file('{}\n{}\n'))).length, 2);
    assert.equal((await read(file('{}\n{}'))).length, 2);
  });

  it('drops a byte-order mark', async () => {
    assert.deepEqual(await read(file('\ufeff{"a":1}\n')), [{ row: { a: 1 }, line: 1 }]);
  });

  it('joins lines and characters that go over the end of a chunk', async () => {
    const long = '한국어 텍스트 '.repeat(60_000);
    const rows = await read(file(`{"a":1}\n${JSON.stringify({ long })}\n{"b":2}\n`));
    assert.deepEqual(rows, [
      { row: { a: 1 }, line: 1 },
      { row: { long }, line: 2 },
      { row: { b: 2 }, line: 3 },
    ]);
  });

  it('gives the first rows without reading the rest', async () => {
    const path = file('{"a":1}\nnot JSON\n');
    for await (const { line } of readRows(path)) {
      assert.equal(line, 1);
      break;
    }
  });

  it('names file and line of bad JSON', async () => {
    await fails(
      file('{"a":1}\n{"a":\n'),
      /\.jsonl:2: expected a JSON object on one line, got "\{\\"a\\":" \(.+\)$/,
    );
  });

  it('shortens what it shows of a long line', async () => {
    await fails(file(`{"a": ${'x'.repeat(500)}`), /got ".{50,60}…" \(/);
  });

  it('names a row that is no object', async () => {
    await fails(file('[{"a":1}]'), ':1: expected a JSON object on one line, got a list: "[{\\"a\\":1}]"');
    await fails(file('{}\nnull'), ':2: expected a JSON object on one line, got null: "null"');
    await fails(file('"text"'), ':1: expected a JSON object on one line, got a string: "\\"text\\""');
  });

  it('names bytes that are no UTF-8', async () => {
    const latin1 = Buffer.from('{}\n{"a":"perché"}\n', 'latin1');
    await fails(file(latin1), ':2: expected UTF-8, got bytes that are none');
    await fails(file(Uint8Array.of(0xff)), ':1: expected UTF-8, got bytes that are none');
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('{}\n', 'utf16le')]);
    await fails(file(utf16), ':1: expected UTF-8, got UTF-16');
  });

  it('names a file that is not there, and reads gzip data without the ending', async () => {
    await fails(join(dir, 'none.jsonl'), ': expected a file or folder of rows, got no such file');
    assert.deepEqual(await read(file(gzipSync('{"a":1}\n'))), [{ row: { a: 1 }, line: 1 }]);
    const twice = gzipSync(gzipSync('{}\n'));
    await fails(file(twice), ':1: expected UTF-8, got gzip data inside the gzip data; unpack the file twice');
  });

  it('tells of bad rows and goes on, when asked to', async () => {
    const path = file(
      Buffer.concat([Buffer.from('{"a":1}\n{\n3\n'), Buffer.from([0x80, 10]), Buffer.from('{"a":2}')]),
    );
    const bad: [string, string][] = [];
    const rows = await read(path, (error) => bad.push([error.reason, error.message.split(': ')[0]]));
    assert.deepEqual(
      rows.map(({ line }) => line),
      [1, 5],
    );
    assert.deepEqual(bad, [
      ['not JSON', `${displayPath(path)}:2`],
      ['not an object', `${displayPath(path)}:3`],
      ['not UTF-8', `${displayPath(path)}:4`],
    ]);
  });
});
