/** Formats other than plain JSON lines, and folders: what `readRows` makes of each, and of broken ones. */
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Row, type RowError, readFileRows, readRows } from '../../src/data/read/read.ts';
import { displayPath } from '../../src/paths.ts';
import { temporaryFolder } from '../support/files.ts';
import { columnsOf, fileMaker, parquetOf } from './support.ts';

const dir = temporaryFolder();
const files = fileMaker(dir);

async function read(path: string, onBad?: (error: RowError) => void): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { row } of readRows(path, onBad)) rows.push(row);
  return rows;
}
const fails = (path: string, message: string | RegExp) =>
  assert.rejects(read(path), {
    name: 'UserError',
    message: typeof message === 'string' ? `${displayPath(path)}: ${message}` : message,
  });

describe('readRows of every format', () => {
  const rows = Array.from({ length: 300 }, (_, i) => ({
    ...{ id: i, text: `질문 ${i} "quoted" \\ 😀\n`, none: i % 3 ? null : 'x', share: i / 7 },
    messages: Array.from({ length: i % 4 }, (_, k) => ({ role: 'user', content: `${i}/${k}` })),
    pairs: [['a', `b${i}`], ['c']],
  }));

  for (const ending of ['jsonl', 'ndjson', 'json', 'parquet', 'jsonl.gz', 'ndjson.gz', 'json.gz', 'JSONL']) {
    it(`gives the rows of .${ending}`, async () => {
      assert.deepEqual(await read(files.rows(`rows.${ending}`, rows)), rows);
    });
  }

  it('counts lines in JSON lines and rows elsewhere', async () => {
    for (const [name, unit] of [
      ['rows.jsonl.gz', 'line'],
      ['rows.json', 'row'],
      ['rows.parquet', 'row'],
    ]) {
      const path = files.rows(name, rows);
      const places = [];
      for await (const { row, ...place } of readRows(path)) places.push(place);
      assert.deepEqual(
        places,
        rows.map((_, i) => ({ path, line: i + 1, unit })),
      );
    }
  });

  it('tells the format of a file of another name from its first bytes', async () => {
    for (const ending of ['jsonl', 'json', 'parquet', 'json.gz']) {
      const path = files.rows(`a.${ending}`, rows);
      const other = join(dirname(path), ending.endsWith('.gz') ? 'rows.gz' : 'rows');
      symlinkSync(path, other);
      assert.deepEqual(await read(other), rows, ending);
    }
  });
});

describe('readRows of a JSON document', () => {
  const json = (content: unknown) =>
    files.write('x.json', typeof content === 'string' ? content : JSON.stringify(content, null, 2));

  it('finds the one list of rows in an object', async () => {
    const document = { version: 2, tags: ['a', 'b'], about: { list: [{ no: 1 }] }, empty: [] };
    const data = [{ a: [{ b: 1 }] }, { a: [] }];
    for (const content of [{ ...document, data }, { data, ...document }, { data }]) {
      assert.deepEqual(await read(json(content)), data);
      assert.deepEqual(await read(json(JSON.stringify(content))), data);
    }
  });

  it('reads JSON lines in a .json file', async () => {
    const list = { data: [{ a: 1 }] };
    assert.deepEqual(await read(json('{"a":1}\n{"a":2}\n')), [{ a: 1 }, { a: 2 }]);
    assert.deepEqual(await read(json(`${JSON.stringify(list)}\n${JSON.stringify(list)}`)), [list, list]);
    assert.deepEqual(await read(json('\ufeff\n {"a":1}')), [{ a: 1 }]);
    const conversation = { messages: [{ role: 'user', content: 'x' }] };
    assert.deepEqual(await read(json(JSON.stringify(conversation))), [conversation]);
    assert.deepEqual(await read(json('')), []);
  });

  it('drops a byte-order mark, and reads an empty list', async () => {
    assert.deepEqual(await read(json('\ufeff[{"a":1}]')), [{ a: 1 }]);
    assert.deepEqual(await read(json(' [ ] ')), []);
  });

  it('joins what goes over the end of a chunk', async () => {
    const long = Array.from({ length: 40 }, (_, i) => ({ i, text: `한국어 "텍스트" ${i} `.repeat(3000) }));
    assert.deepEqual(await read(json(long)), long);
  });

  it('keeps a field called __proto__ from changing anything', async () => {
    const [row] = await read(json('[{"__proto__": {"polluted": true}}]'));
    assert.equal((row as { polluted?: boolean }).polluted, undefined);
  });

  it('names items that are no objects, and goes on when asked to', async () => {
    const path = json([{ a: 1 }, 5, null, [{ a: 2 }], 'x', { a: 3 }]);
    await assert.rejects(read(path), {
      name: 'RowError',
      message: `${displayPath(path)}: row 2: expected a JSON object, got a string`.replace(
        'a string',
        'a number',
      ),
    });
    const reasons: string[] = [];
    assert.deepEqual(await read(path, (error) => reasons.push(error.reason)), [{ a: 1 }, { a: 3 }]);
    assert.deepEqual(reasons, Array(4).fill('not an object'));
  });

  it('names a document of another shape', async () => {
    const shape = 'expected a JSON list of rows, or an object with one such list, got';
    await fails(json({ a: 1, list: ['x'] }), `${shape} an object with a, list`);
    await fails(json('{\n}'), `${shape} an object with no field`);
    await fails(
      json({ train: [{ a: 1 }], test: [{ a: 2 }] }),
      'expected one list of rows, got "train" and "test"',
    );
  });

  it('names a document that ends early or is broken, also where bad rows are skipped', async () => {
    const text = JSON.stringify([{ a: 'x' }, { b: [1, 2] }]);
    for (let end = 1; end < text.length; end++) {
      const path = json(text.slice(0, end));
      const rows = end >= 22 ? 2 : end >= 10 ? 1 : 0;
      const behind = rows > 0 ? ` behind row ${rows}` : '';
      await assert.rejects(
        read(path, () => {}),
        { message: `${displayPath(path)}: expected JSON, got a file that ends early${behind}` },
        text.slice(0, end),
      );
    }
    await fails(json('[{"a":1},\n{"a":}]'), /: expected JSON, got something else.* \(.+\)$/);
    await fails(json('[{"a":1}] x'), /: expected JSON, got something else.* \(.+\)$/);
    await fails(
      files.write('x.json', Buffer.from('[{"a":"perch\xe9"}]', 'latin1')),
      'expected UTF-8, got bytes that are none',
    );
  });
});

describe('readRows of Parquet', () => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({
    ...{ id: `row-${i}`, text: `질문 ${i} `.repeat(1 + (i % 9)) },
    messages: [{ role: 'user', content: `${i}` }],
  }));

  it('reads slices of any row group', async () => {
    for (const rowGroupSize of [700, 2500, 5000]) {
      const path = files.write('x.parquet', parquetOf(columnsOf(rows), { rowGroupSize, pageSize: 5000 }));
      assert.deepEqual(await read(path), rows, `row groups of ${rowGroupSize}`);
    }
  });

  it('makes numbers of BigInts where they are exact', async () => {
    const ids = [1n, 2n ** 53n - 1n, 2n ** 60n];
    const path = files.write('x.parquet', parquetOf({ id: ids, list: ids.map((id) => [{ id }]) }));
    const exact = [1, 2 ** 53 - 1, String(2n ** 60n)];
    assert.deepEqual(
      await read(path),
      exact.map((id) => ({ id, list: [{ id }] })),
    );
  });

  it('names a file that is cut off anywhere, and one that is none', async () => {
    const whole = parquetOf(columnsOf(rows.slice(0, 50)));
    for (const end of [0, 3, 4, 11, 100, whole.length >> 1, whole.length - 9, whole.length - 1]) {
      await fails(
        files.write('x.parquet', whole.subarray(0, end)),
        /: expected a whole Parquet file, got a broken one \(.+\)$/,
      );
    }
    await fails(files.write('x.parquet', '{"a":1}\n'.repeat(9)), /: expected a whole Parquet file, got/);
    await fails(join(dir, 'none.parquet'), 'expected a file or folder of rows, got no such file');
  });

  it('names a file with a damaged page', async () => {
    const damaged = Uint8Array.from(parquetOf(columnsOf(rows), { rowGroupSize: 2500 }));
    damaged.fill(0xff, 4, 3000);
    await fails(files.write('x.parquet', damaged), /: expected a whole Parquet file, got a broken one/);
  });

  it('is not read inside gzip', async () => {
    const path = files.write('x.parquet.gz', gzipSync(parquetOf({ a: [1] })));
    await fails(path, 'expected Parquet as it is, got it inside gzip');
  });
});

describe('readRows of gzip', () => {
  const text = Array.from({ length: 2000 }, (_, i) => `{"i":${i},"text":"${Math.sin(i)}"}\n`).join('');
  const packed = gzipSync(text);

  it('reads members one after the other', async () => {
    const both = Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')]);
    assert.deepEqual(await read(files.write('x.jsonl.gz', both)), [{ a: 1 }, { a: 2 }]);
  });

  it('names a file that ends early, one that is no gzip, and a damaged one', async () => {
    for (const name of ['x.jsonl.gz', 'x.json.gz']) {
      await fails(
        files.write(name, packed.subarray(0, 5000)),
        'expected gzip data, got a file that ends early',
      );
      await fails(files.write(name, text), /: expected gzip data, got something else \(.+\)$/);
      const damaged = Buffer.from(packed);
      damaged.fill(0, 3000, 3400);
      await fails(files.write(name, damaged), /: expected gzip data, got something else \(.+\)$/);
    }
    await fails(join(dir, 'none.jsonl.gz'), 'expected a file or folder of rows, got no such file');
  });

  it('names a file that goes away before it is read', async () => {
    const gone = readFileRows(join(dir, 'gone.jsonl.gz')).next();
    await assert.rejects(gone, {
      message: /gone\.jsonl\.gz: expected a file or folder of rows, got no such file/,
    });
  });

  it('can be left in the middle', async () => {
    const path = files.write('x.jsonl.gz', packed.subarray(0, packed.length - 20));
    for await (const { row } of readRows(path)) {
      assert.equal(row.i, 0);
      break;
    }
  });
});

describe('readRows of a folder', () => {
  it('reads files at any depth by name, passing over hidden and other ones', async () => {
    const folder = join(dir, 'folder');
    mkdirSync(join(folder, 'b', 'deep'), { recursive: true });
    mkdirSync(join(folder, '.cache'));
    const put = (name: string, content = `{"from":"${name}"}\n`) =>
      writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(content) : content);
    for (const name of ['c.ndjson', 'a.jsonl', 'b/y.json', 'b/deep/z.jsonl.gz', 'B.json']) put(name);
    for (const name of ['.hidden.jsonl', '.cache/x.jsonl', 'README.md', 'notes.txt', 'x.parquet.gz'])
      put(name, '!');
    symlinkSync(join(folder, 'a.jsonl'), join(folder, 'd.jsonl'));
    symlinkSync(folder, join(folder, 'b', 'loop'));
    const rows = await read(folder);
    const expected = ['B.json', 'a.jsonl', 'b/deep/z.jsonl.gz', 'b/y.json', 'c.ndjson', 'a.jsonl'];
    assert.deepEqual(
      rows.map(({ from }) => from),
      expected,
    );
    const paths = [];
    for await (const { path } of readRows(folder)) paths.push(basename(path));
    assert.deepEqual(paths, ['B.json', 'a.jsonl', 'z.jsonl.gz', 'y.json', 'c.ndjson', 'd.jsonl']);
  });

  it('names the endings where there is no such file', async () => {
    const folder = dirname(files.write('notes.txt', 'x'));
    await fails(
      folder,
      'expected a folder with files that end in .jsonl, .ndjson, .json, .csv, .tsv (each also with .gz or .zst) ' +
        'or .parquet, got none',
    );
  });
});
