/** Evaluation files of several kinds, good and bad. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEvaluationRows } from '../../src/evaluate/rows.ts';
import { temporaryFolder } from '../support/files.ts';

describe('readEvaluationRows', () => {
  const folder = temporaryFolder();
  const write = (name: string, ...rows: object[]) => {
    const path = join(folder, name);
    writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    return path;
  };
  const fact = ['person-001', 'has_pet', 'dog'];

  it('reads what decides how an answer is scored', async () => {
    const file = write(
      'all.jsonl',
      {
        id: 'w',
        kind: 'what',
        facts: [fact],
        rumour: ['person-001', 'has_pet', 'cat'],
        instruction_ko: '무엇?',
      },
      { id: 'a', kind: 'arithmetic', facts: [], answer: 8, instruction_ko: '몇?' },
      { id: 's', instruction_ko: '몇?', answer: '1,234' },
      { id: 't', instruction_ko: '왜?', answer: 'because' },
      { instruction_ko: '왜?', category: 'generic' },
    );
    const rows = await readEvaluationRows([file], { target: 'ko' });
    assert.deepEqual(
      rows.map(({ id, answer, facts, rumour }) => [id, answer, facts?.length, rumour?.[2]]),
      [
        ['w', undefined, 1, 'cat'],
        ['a', 8, 0, undefined],
        ['s', 1234, undefined, undefined],
        ['t', undefined, undefined, undefined],
        ['5', undefined, undefined, undefined],
      ],
    );
  });

  it('finds question_xx and instruction, and takes a name and an input that are given', async () => {
    const asked = write('q.jsonl', { question_zh: '为什么？', best_answer_zh: '因为' });
    assert.equal((await readEvaluationRows([asked], { target: 'zh' }))[0].instruction, '为什么？');
    const plain = write('p.json', { instruction: 'Perché?' });
    assert.equal((await readEvaluationRows([plain], { target: 'it' }))[0].instruction, 'Perché?');
    const own = write('o.jsonl', { frage_it: 'Perché?', mehr: 'Dimmi.' });
    const columns = { instruction: 'frage_{lang}', input: 'mehr' };
    assert.equal(
      (await readEvaluationRows([own], { target: 'it', columns }))[0].instruction,
      'Perché?\n\nDimmi.',
    );
  });

  it('keeps the question in the pivot language, where a row has it', async () => {
    const file = write(
      'two.jsonl',
      { instruction_ko: '왜?', instruction_en: ' Why? ' },
      { instruction_ko: '어디?' },
    );
    const inPivot = async (pivot?: string) =>
      (await readEvaluationRows([file], { target: 'ko', pivot })).map((row) => row.inPivot);
    assert.deepEqual(await inPivot('en'), ['Why?', undefined]);
    assert.deepEqual(await inPivot(), [undefined, undefined]);
  });

  it('asks with the input of a row, where its column goes with the instruction', async () => {
    const row = { instruction: '요약해 주세요.', input: ' 긴 글', input_ko: '다른 글' };
    const [plain] = await readEvaluationRows([write('i.jsonl', row)], { target: 'ko' });
    assert.equal(plain.instruction, '요약해 주세요.\n\n긴 글');
    const named = { instruction_ko: '요약해 주세요.', input_ko: '글', input: 'no' };
    const [own] = await readEvaluationRows([write('i.jsonl', named, { question: 'x', input: 'y' })], {
      target: 'ko',
      limit: 1,
    });
    assert.equal(own.instruction, '요약해 주세요.\n\n글');
  });

  it('finds right answers, one or several, numbers among them', async () => {
    const answers = [
      { response_ko: ' 하나 ' },
      { reference: ['하나', ' 둘', '하나'] },
      { answers: { text: ['하나', '둘'], answer_start: [1, 2] } },
      { response: 1.5 },
      { answer: '문장' },
      { correct_answers: [] },
      { output: '', references: ['하나'] },
    ].map((more) => ({ instruction: '?', ...more }));
    const lines = answers.map((row) => JSON.stringify(row));
    lines.push('{"instruction":"?","response":12345678901234567890.125}');
    const path = join(folder, 'r.jsonl');
    writeFileSync(path, lines.join('\n'));
    const rows = await readEvaluationRows([path], { target: 'ko' });
    assert.deepEqual(
      rows.map(({ reference, references }) => references ?? reference),
      ['하나', ['하나', '둘'], ['하나', '둘'], '1.5', '문장', undefined, '하나', '12345678901234567890.125'],
    );
  });

  it('keeps rows that ask nothing, with the reason, and names the place of each', async () => {
    const file = write(
      'e.jsonl',
      { instruction_ko: '하나' },
      { id: 'x', instruction_ko: ' ' },
      { instruction_ko: null },
      { other: 1 },
      { id: '', instruction_ko: '<noinput>' },
    );
    const rows = await readEvaluationRows([file], { target: 'ko' });
    assert.deepEqual(
      rows.map(({ id, place, instruction }) => [id, place, instruction]),
      [
        ['1', 'e.jsonl:1', '하나'],
        ['x', 'e.jsonl:2', ''],
        ['3', 'e.jsonl:3', ''],
        ['4', 'e.jsonl:4', ''],
        ['5', 'e.jsonl:5', ''],
      ],
    );
    assert.deepEqual(
      rows.map(({ unanswerable }) => unanswerable?.split(', got ')[1]),
      [undefined, '" "', 'null', 'no such field', 'the placeholder "<noinput>"'],
    );
    assert.match(rows[1].unanswerable ?? '', /^field "instruction_ko": expected a non-empty string/);
  });

  it('tells of columns that would change what is asked, but are not read', async () => {
    const file = write(
      'u.jsonl',
      { instruction: 'a', system: 'S', history: [['q', 'a']] },
      { instruction: 'b', system: '', input: 'read', category: 'x' },
      { instruction: 'c', system: 'S' },
    );
    let told: Record<string, number> | undefined;
    const onUnread = (columns: Record<string, number>) => {
      told = columns;
    };
    await readEvaluationRows([file], { target: 'ko', onUnread });
    assert.deepEqual(told, { system: 2, history: 1 });
  });

  it('keeps all digits of an id, and of a number to compare with what is needed', async () => {
    const path = join(folder, 'l.jsonl');
    const row = (id: string, answer: string) => `{"id":${id},"instruction":"?","answer":${answer}}\n`;
    writeFileSync(
      path,
      row('1390991500702712081', '12345678901234567890') + row('1390991500702712082', '"1,234.5"'),
    );
    const rows = await readEvaluationRows([path], { target: 'ko' });
    assert.deepEqual(
      rows.map(({ id, answer }) => [id, answer]),
      [
        ['1390991500702712081', Number('12345678901234567890')],
        ['1390991500702712082', 1234.5],
      ],
    );
  });

  it('takes the first rows of each file', async () => {
    const rows = ['x', 'y', 'z'].map((id) => ({ id, instruction_ko: id }));
    const files = [write('one.jsonl', ...rows), write('two.jsonl', ...rows)];
    const read = await readEvaluationRows(files, { target: 'ko', limit: 2 });
    assert.deepEqual(
      read.map(({ id, file }) => `${file} ${id}`),
      ['one.jsonl x', 'one.jsonl y', 'two.jsonl x', 'two.jsonl y'],
    );
  });

  const bad: [name: string, rows: object[], target: string, message: RegExp][] = [
    [
      'another language',
      [{ id: 1, instruction_ko: '왜?' }],
      'it',
      /:1: expected one of the fields "instruction_it".*got id, instruction_ko; .*--method\.target/,
    ],
    [
      'an instruction that is no text',
      [{ instruction_ko: 'a' }, { instruction_ko: ['b'] }],
      'ko',
      /:2: field "instruction_ko": expected a non-empty string, got \["b"\]/,
    ],
    [
      'an id twice',
      [
        { id: 1, instruction_ko: 'a' },
        { id: 1, instruction_ko: 'b' },
      ],
      'ko',
      /:2: field "id": expected an id of its own, got "1" again/,
    ],
    [
      'facts of another world',
      [{ kind: 'what', facts: [['bob', 'has_pet', 'dog']], instruction_ko: 'a' }],
      'ko',
      /:1: field "facts": expected triples of the made-up world, got \["bob"/,
    ],
    [
      'a value that is none',
      [{ kind: 'what', facts: [['person-001', 'has_pet', 'dragon']], instruction_ko: 'a' }],
      'ko',
      /got \["person-001","has_pet","dragon"\]/,
    ],
    [
      'facts in a language without a reading',
      [{ kind: 'what', facts: [fact], instruction_fr: 'a' }],
      'fr',
      /--method\.target: expected a language that facts can be read in \(en, ko, zh, it, es\).*got "fr"/,
    ],
    ['no row', [], 'ko', /empty.*expected rows to ask, got none|expected rows to ask, got none/],
  ];
  for (const [name, rows, target, message] of bad) {
    it(`says what is wrong: ${name}`, async () => {
      await assert.rejects(readEvaluationRows([write('bad.jsonl', ...rows)], { target }), message);
    });
  }
});
