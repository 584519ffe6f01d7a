/** Ids of any kind, and rows of different files that are joined by them. */
import assert from 'node:assert/strict';
import { idText } from '../../src/data/examples/ids.ts';
import { type DataSource, loadExamples } from '../../src/data/examples/load.ts';
import { temporaryFolder } from '../support/files.ts';
import { dataOf, fileMaker, parquetOf } from './support.ts';

const { write } = fileMaker(temporaryFolder());
const ID = '1390991500702712081';
const NEXT = '1390991500702712082';

/** A file of one row in each format, with the id as the format writes it. */
const FILES: Record<string, (id: string, instruction: string, output: string) => string> = {
  'JSON lines': (id, instruction, output) =>
    write('x.jsonl', `{"id":${id},"instruction":"${instruction}","output":"${output}"}\n`),
  'JSON lines with a text': (id, instruction, output) =>
    write('x.jsonl', `{"id":"${id}","instruction":"${instruction}","output":"${output}"}\n`),
  JSON: (id, instruction, output) =>
    write('x.json', `[\n{"id": ${id}.0, "instruction": "${instruction}", "output": "${output}"}]`),
  CSV: (id, instruction, output) =>
    write('x.csv', `id,instruction,output\r\n${id},${instruction},${output}\r\n`),
  TSV: (id, instruction, output) =>
    write('x.tsv', `id\tinstruction\toutput\n${id}\t${instruction}\t${output}\n`),
  Parquet: (id, instruction, output) =>
    write('x.parquet', parquetOf({ id: [BigInt(id)], instruction: [instruction], output: [output] })),
};

const load = (train: string | string[], more: Partial<DataSource> = {}, languages = ['ko', 'en']) =>
  loadExamples(dataOf(train, more), languages);

describe('ids', () => {
  const formats = Object.keys(FILES);
  for (const [i, format] of formats.entries()) {
    const other = formats[(i + 1) % formats.length];
    it(`of ${format} and ${other} join where all digits are the same, and only there`, async () => {
      const [ko, en] = [FILES[format](ID, '질문', '답'), FILES[other](ID, 'Q', 'A')];
      const { examples } = await load(ko, { pivot: en });
      assert.deepEqual(
        examples.map(({ id, turns }) => [id, turns.ko[0].response, turns.en[0].response]),
        [[ID, '답', 'A']],
      );
      await assert.rejects(load(ko, { pivot: FILES[other](NEXT, 'Q', 'A') }), /got none of 2 rows/);
    });
  }

  it('that differ in the last digit are two rows', async () => {
    const row = (id: string) => `{"id":${id},"instruction_ko":"질문","response_ko":"답"}\n`;
    const { examples } = await load(write('x.jsonl', row(ID) + row(NEXT)), {}, ['ko']);
    assert.deepEqual(
      examples.map(({ id }) => id),
      [ID, NEXT],
    );
  });

  it('are one for one value of a number, and as they are written for a text', () => {
    const fail = (problem: string): never => {
      throw new Error(problem);
    };
    const same = [1, 1.0, '1', Number('1e0')].map((value) => idText(value, fail));
    assert.deepEqual(same, ['1', '1', '1', '1']);
    assert.deepEqual(
      [1e3, 1e21, '1.0', '01', '1e3', ' a', 0].map((value) => idText(value, fail)),
      ['1000', `1${'0'.repeat(21)}`, '1.0', '01', '1e3', ' a', '0'],
    );
    assert.deepEqual(
      [undefined, null, ''].map((value) => idText(value, fail)),
      [undefined, undefined, undefined],
    );
    assert.throws(() => idText(Number.NaN, fail), /expected a text or a number, got NaN/);
    assert.throws(() => idText(true, fail), /got true/);
    assert.throws(
      () => idText({ $oid: '5' }, fail),
      /got \{"\$oid":"5"\}; a field inside an object is named with a dot/,
    );
  });

  it('that are no ids are named by row and field', async () => {
    const path = write('x.jsonl', '{"id":NaN,"instruction_ko":"질문","response_ko":"답"}\n');
    await assert.rejects(
      load(path, {}, ['ko']),
      /x\.jsonl:1: field "id": expected a text or a number, got NaN/,
    );
  });

  it('that only some rows of a file have do not let it be joined by the numbers of its rows', async () => {
    const rows = (...ids: string[]) =>
      write(
        'x.jsonl',
        ids.map((id) => `{${id && `"id":${id},`}"instruction":"q${id}","output":"a"}`).join('\n'),
      );
    await assert.rejects(load(rows('', '7'), { pivot: rows('', '8') }), /expected ids to join rows by/);
    assert.equal((await load(rows('', ''), { pivot: rows('', '') })).examples.length, 2);
  });

  it('and a field that is not read may be no number at all, which a field that is read may not', async () => {
    const row = (more: string) => `{"id":1,"instruction_ko":"질문","response_ko":"답",${more}}\n`;
    assert.equal((await load(write('x.jsonl', row('"score":NaN')), {}, ['ko'])).examples.length, 1);
    await assert.rejects(
      load(write('x.jsonl', row('"input_ko":NaN')), {}, ['ko']),
      /x\.jsonl:1: field "input_ko": expected a string, got NaN/,
    );
  });
});
