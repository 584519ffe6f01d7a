/** Files that are not what their name says, and files that cannot be read: each is named in one line. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { looksLikeRow } from '../../src/data/examples/layouts.ts';
import { type Row, readRows } from '../../src/data/read/read.ts';
import { zstdFrames } from '../../src/data/read/zstd.ts';
import { displayPath } from '../../src/paths.ts';
import { temporaryFolder } from '../support/files.ts';
import { contentOf, fileMaker, parquetOf } from './support.ts';

const dir = temporaryFolder();
const { write, rows: writeRows } = fileMaker(dir);

async function read(path: string): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { row } of readRows(path, undefined, (one) => looksLikeRow(one, 'auto'))) rows.push(row);
  return rows;
}
const fails = (path: string, message: string | RegExp) =>
  assert.rejects(read(path), {
    name: 'UserError',
    message: typeof message === 'string' ? `${displayPath(path)}: ${message}` : message,
  });

const some = [{ id: 'a', instruction: '질문', output: '답' }];

describe('readRows of files under another name', () => {
  it('goes by the content of Parquet, gzip and JSON', async () => {
    const parquet = contentOf('x.parquet', some);
    for (const name of ['x.jsonl', 'x.json', 'x.csv', 'x'])
      assert.deepEqual(await read(write(name, parquet)), some, name);
    const packed = zlib.gzipSync(contentOf('x.jsonl', some));
    for (const name of ['x.jsonl', 'x.json', 'x', 'x.ndjson.zst'])
      assert.deepEqual(await read(write(name, packed)), some, name);
    for (const text of [JSON.stringify(some), contentOf('x.jsonl', some)])
      for (const name of ['x.csv', 'x.tsv', 'x.txt'])
        assert.deepEqual(await read(write(name, text)), some, name);
  });

  const FORMATS = 'expected JSON lines, JSON, CSV, TSV (each also as .gz or .zst) or Parquet, got';
  const tar = Buffer.alloc(512, 0);
  tar.write('ustar', 257);
  const others: [string, Buffer | string, string][] = [
    ['x.xlsx', 'PK\x03\x04\x00', 'a zip archive or an Excel workbook; unpack it first, or save it as CSV'],
    ['x.jsonl', 'PK\x03\x04\x00', 'a zip archive or an Excel workbook; unpack it first, or save it as CSV'],
    ['x.jsonl.bz2', 'BZh91AY\x00', 'bzip2 data; unpack it first'],
    ['x.jsonl.xz', Buffer.from('fd377a585a0000', 'hex'), 'xz data; unpack it first'],
    ['x.tar', tar, 'a tar archive; unpack it first'],
    ['x.tar.gz', zlib.gzipSync(tar), 'a tar archive; unpack it first'],
    ['x.arrow', 'ARROW1\x00\x00', 'an Arrow file; save it as Parquet: dataset.to_parquet(FILE)'],
    [
      'x.parquet',
      'version https://git-lfs.github.com/spec/v1\n',
      'a Git LFS pointer, which stands for the file; git lfs pull',
    ],
    ['x.jsonl', '<!DOCTYPE html>\n<html></html>', 'a web page; download the file itself'],
    ['x.txt', 'hello\n', 'text that begins "hello\\n"; name a CSV file .csv or .tsv'],
  ];
  for (const [name, content, got] of others) {
    it(`names ${got.split(';')[0]} called ${name}`, async () => {
      await fails(
        write(name, typeof content === 'string' ? Buffer.from(content, 'latin1') : content),
        `${FORMATS} ${got}`,
      );
    });
  }

  it('names text in UTF-16', async () => {
    for (const name of ['x.json', 'x.csv', 'x'])
      await fails(
        write(name, Buffer.from('\ufeff[]', 'utf16le')),
        'expected UTF-8, got UTF-16; save the file as UTF-8',
      );
  });

  it('takes letters for letters where there is text behind them', async () => {
    assert.deepEqual(await read(write('x.csv', 'ORCID,instruction,output\n1,Q,A\n')), [
      { ORCID: '1', instruction: 'Q', output: 'A' },
    ]);
  });
});

describe('readRows of a lone row in a .json file', () => {
  const row = { id: 1, instruction: 'Q', output: 'A', tools: [{ name: 'calculator' }] };
  const json = (...rows: object[]) => write('x.json', rows.map((one) => JSON.stringify(one)).join('\n'));

  it('is that row, whatever lists of objects are in it and wherever', async () => {
    const { tools, ...rest } = row;
    for (const one of [row, { tools, ...rest }, { more: [{ a: 1 }], ...row }]) {
      assert.deepEqual(await read(json(one)), [one]);
      assert.deepEqual(await read(json(one, one)), [one, one]);
      assert.deepEqual(await read(write('x.json', JSON.stringify(one, null, 2))), [one]);
    }
    const two = `${JSON.stringify(row, null, 1)}\n${JSON.stringify(row, null, 1)}`;
    assert.deepEqual(await read(write('x.json', two)), [row, row]);
    assert.deepEqual(await read(json({ data: [row, row] })), [row, row], 'rows in an object');
    assert.deepEqual(await read(json({ data: [row] }, { data: [row] })), [row, row], 'rows in two objects');
  });

  it('is read line by line where the first row is longer than any buffer', async () => {
    const long = { ...row, output: 'ab\n'.repeat(700_000) };
    const path = json(long, row);
    const places: string[] = [];
    for await (const { unit, line } of readRows(path, undefined, (one) => looksLikeRow(one, 'auto')))
      places.push(`${unit} ${line}`);
    assert.deepEqual(places, ['line 1', 'line 2']);
    assert.deepEqual(await read(json({ about: 'x'.repeat(2 ** 21), rows: [long, row] })), [long, row]);
  });

  it('keeps long numbers, and reads NaN where nobody asks for it', async () => {
    const path = write('x.json', '[{"id":1390991500702712081,"score":NaN},\n{"id":1e3,"score":-Infinity}]');
    assert.deepEqual(await read(path), [
      { id: '1390991500702712081', score: Number.NaN },
      { id: 1000, score: Number.NEGATIVE_INFINITY },
    ]);
  });
});

describe('readRows of Parquet numbers', () => {
  it('keeps the digits of unsigned integers and decimals', async () => {
    const column = (name: string, data: unknown[], type: object) => ({ name, data, type });
    const path = write('x.parquet', decimals(column));
    assert.deepEqual(await read(path), [
      { id: '18446744073709551615', price: 0.35, large: '12345678901234567.89' },
      { id: 7, price: null, large: -5 },
    ]);
  });

  /** A file of an unsigned column, and decimals kept as integers of 32 and 64 bits. */
  function decimals(column: (name: string, data: unknown[], type: object) => object): Uint8Array {
    const columns = [
      column('id', [2n ** 64n - 1n, 7n], { type: 'INT64', converted_type: 'UINT_64' }),
      column('price', [35n, null], { type: 'INT32', converted_type: 'DECIMAL', scale: 2, precision: 5 }),
      column('large', [1234567890123456789n, -500n], {
        type: 'INT64',
        converted_type: 'DECIMAL',
        scale: 2,
        precision: 19,
      }),
    ] as { name: string; data: unknown[]; type: object }[];
    return parquetOf(Object.fromEntries(columns.map(({ name, data }) => [name, data])), {
      schema: [
        { name: 'root', num_children: columns.length },
        ...columns.map(({ name, type }) => ({ name, repetition_type: 'OPTIONAL', ...type })),
      ],
    });
  }
});

describe('readRows of what is no file', () => {
  it('names a named pipe, a device, a socket and a circle of links at once', async () => {
    const pipe = join(dir, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await fails(
      pipe,
      'expected a file or folder of rows, got a named pipe; write its content to a file, and give that',
    );
    await fails('/dev/zero', 'expected a file or folder of rows, got a device');
    const socket = join(dir, 'socket');
    const server = createServer().listen(socket);
    await new Promise((go) => server.once('listening', go));
    await fails(socket, 'expected a file or folder of rows, got a socket');
    server.close();
    const circle = join(dir, 'circle');
    symlinkSync('circle', circle);
    await fails(circle, 'expected a file of rows, got a link that leads in a circle');
    const file = writeRows('x.jsonl', some);
    await fails(join(file, 'y'), 'expected a file or folder of rows, got a path through a file');
  });
});

/** A zstd frame of one block that is not packed, or of a byte repeated. */
function zstdFrame(content: Buffer | { byte: number; times: number }): Buffer {
  const [times, block, type] = Buffer.isBuffer(content)
    ? [content.length, content, 0]
    : [content.times, Buffer.of(content.byte), 1];
  const header = Buffer.alloc(3);
  header.writeUIntLE(times * 8 + type * 2 + 1, 0, 3);
  return Buffer.concat([Buffer.from('28b52ffd20', 'hex'), Buffer.of(times), header, block]);
}

describe('zstd', () => {
  const line = (id: number) => zstdFrame(Buffer.from(`{"id":${id}}\n`));
  const skipped = Buffer.from('502a4d180300000061626300'.slice(0, 22), 'hex');

  it('is taken apart frame by frame', async () => {
    const parts = [skipped, line(1), zstdFrame({ byte: 10, times: 200 }), line(2)];
    const path = write('x.zst', Buffer.concat(parts));
    const found = [];
    for await (const { start, end } of zstdFrames(path)) found.push(end - start);
    assert.deepEqual(
      found,
      parts.map(({ length }) => length),
    );
  });

  it('has frames with an end, which one that is cut off lacks', async () => {
    const frame = line(1);
    for (const [bytes, code] of [
      [frame.subarray(0, -1), 'Z_BUF_ERROR'],
      [frame.subarray(0, 8), 'Z_BUF_ERROR'],
      [skipped.subarray(0, -1), 'Z_BUF_ERROR'],
      [Buffer.concat([frame, Buffer.from('rest')]), 'Z_DATA_ERROR'],
    ] as const) {
      const frames = async () => {
        for await (const { end } of zstdFrames(write('x.zst', bytes))) assert.equal(end, frame.length);
      };
      await assert.rejects(frames(), { code });
    }
  });

  const readable = typeof zlib.createZstdDecompress === 'function';

  it('is read by any name, or says which Node can', async () => {
    const content = Buffer.concat([skipped, line(1), line(2)]);
    for (const name of ['x.jsonl.zst', 'x.jsonl', 'x']) {
      const path = write(name, content);
      if (readable) assert.deepEqual(await read(path), [{ id: 1 }, { id: 2 }]);
      else
        await fails(
          path,
          /: expected Node 22\.15 or later to read zstd data, got v.*; update Node, or unpack/,
        );
    }
  });

  it('names data that end early, and data that are none', async function () {
    if (!readable) this.skip();
    const whole = Buffer.concat([line(1), line(2)]);
    for (const end of [3, 5, 9, whole.length - 1])
      await fails(
        write('x.jsonl.zst', whole.subarray(0, end)),
        /expected zstd data, got a file that ends early$/,
      );
    await fails(write('x.jsonl.zst', '{"a":1}\n'), 'expected zstd data, got something else (unknown frame)');
    await fails(
      write('x.jsonl.zst', Buffer.concat([line(1), Buffer.from('rest')])),
      /got something else \(unknown frame\)$/,
    );
  });
});
