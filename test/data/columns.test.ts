import assert from 'node:assert/strict';
import { type ColumnMap, findColumns, readTurns, saysNoInput } from '../../src/data/columns.ts';
import type { Row } from '../../src/data/read.ts';

const place = { path: '/data/x.jsonl', line: 7 };
const find = (row: Row, languages = ['ko', 'en'], wanted: 'auto' | ColumnMap = 'auto') =>
  findColumns(wanted, row, languages, place);
const fails = (message: string | RegExp, ...args: Parameters<typeof find>) =>
  assert.throws(() => find(...args), { name: 'UserError', message });

const ours = { id: 'a', instruction_ko: '질문', response_ko: '답', instruction_en: 'Q', response_en: 'A' };
const alpaca = {
  ...{ id: 'a', instruction_zh: '问', input_zh: '入', output_zh: '答' },
  ...{ instruction_en: 'Q', input_en: 'I', output_en: 'A' },
};
const custom: ColumnMap = { instruction: 'q_{lang}', response: 'a_{lang}' };

describe('findColumns', () => {
  it('knows the usual layouts by their fields', () => {
    assert.equal(find(ours).response, 'response_{lang}');
    assert.equal(find(alpaca, ['zh', 'en']).response, 'output_{lang}');
  });

  it('takes the layout that has all languages', () => {
    const both = { ...ours, output_ko: '답', output_en: 'A', instruction_it: 'D', output_it: 'R' };
    assert.equal(find(both, ['ko', 'en']).response, 'response_{lang}');
    assert.equal(find(both, ['it', 'en']).response, 'output_{lang}');
  });

  it('needs the languages of the run only', () => {
    assert.equal(find({ instruction_ko: '질문', response_ko: '답' }, ['ko']).response, 'response_{lang}');
  });

  it('names the languages there are when one is missing', () => {
    fails(
      '/data/x.jsonl:7: expected columns for the languages "it", "en", got "ko", "en" (choose with ' +
        '--method.target and --method.pivot); the row has id, instruction_ko, response_ko, instruction_en, response_en',
      ours,
      ['it', 'en'],
    );
  });

  it('lists the fields of an unknown layout, and how to name the columns', () => {
    fails(
      '/data/x.jsonl:7: expected columns of a known layout (instruction_{lang} with response_{lang}, ' +
        "instruction_{lang} with output_{lang}); the row has id, en, ko. Name them in the recipe's data.columns, " +
        "or: --data.columns.instruction 'question_{lang}' --data.columns.response 'answer_{lang}'",
      { id: 1, en: {}, ko: {} },
    );
    fails(/the row has no field\./, {});
  });

  it('takes the columns of the recipe, which the row must have', () => {
    const row = { q_ko: '질문', a_ko: '답', q_en: 'Q' };
    assert.equal(find(row, ['ko'], custom), custom);
    fails(
      '/data/x.jsonl:7: expected a field "a_en" (data.columns); the row has q_ko, a_ko, q_en',
      row,
      ['ko', 'en'],
      custom,
    );
  });

  it('needs {lang} where two languages are read', () => {
    const plain: ColumnMap = { instruction: 'q_{lang}', response: 'answer' };
    const row = { q_ko: '질문', q_en: 'Q', answer: '답' };
    fails(
      'data.columns.response must contain {lang}, as it is read for "ko", "en"',
      row,
      ['ko', 'en'],
      plain,
    );
    assert.equal(find(row, ['ko'], plain), plain);
  });
});

describe('readTurns', () => {
  const turns = (row: Row, languages = ['ko', 'en'], map = find(ours)) =>
    readTurns(row, map, languages, place);
  const rejects = (row: Row, message: string, reason: string, map?: ColumnMap) =>
    assert.throws(() => turns(row, ['ko', 'en'], map), {
      name: 'RowError',
      message: `/data/x.jsonl:7: ${message}`,
      reason,
    });

  it('reads instruction and response in each language', () => {
    assert.deepEqual(turns(ours), {
      ko: [{ instruction: '질문', response: '답' }],
      en: [{ instruction: 'Q', response: 'A' }],
    });
  });

  it('joins an input by a blank line, where there is one', () => {
    const input = (value: unknown) =>
      turns({ ...alpaca, input_zh: value }, ['zh'], find(alpaca, ['zh'])).zh[0].instruction;
    assert.equal(input('入'), '问\n\n入');
    for (const none of ['', '  \n', null, undefined, '<noinput>', 'No input.', '&lt;无输入&gt;', 'N/A']) {
      assert.equal(input(none), '问', String(none));
    }
    assert.equal(input('no input device works'), '问\n\nno input device works');
  });

  it('reads columns of the recipe', () => {
    const map = { instruction: 'q_{lang}', input: 'more', response: '{lang}_{lang}' };
    assert.deepEqual(turns({ q_ko: '질문', more: '입력', ko_ko: '답' }, ['ko'], map), {
      ko: [{ instruction: '질문\n\n입력', response: '답' }],
    });
  });

  it('reads further turns', () => {
    const row = {
      ...ours,
      ...{
        turn2_instruction_ko: '질문2',
        turn2_response_ko: '답2',
        turn2_instruction_en: 'Q2',
        turn2_response_en: 'A2',
      },
      ...{
        turn3_instruction_ko: '질문3',
        turn3_response_ko: '답3',
        turn3_instruction_en: 'Q3',
        turn3_response_en: 'A3',
      },
    };
    const read = turns(row);
    assert.deepEqual(
      read.ko.map(({ instruction }) => instruction),
      ['질문', '질문2', '질문3'],
    );
    assert.deepEqual(
      read.en.map(({ response }) => response),
      ['A', 'A2', 'A3'],
    );
  });

  it('ends where a turn is empty in all languages', () => {
    const empty = { turn2_instruction_ko: null, turn2_response_ko: '', turn2_instruction_en: '' };
    assert.equal(turns({ ...ours, ...empty }).ko.length, 1);
  });

  it('names a further turn that is there in part', () => {
    rejects(
      { ...ours, turn2_instruction_ko: '질문2' },
      'field "turn2_response_ko": expected a non-empty string, got no such field',
      'turn2_response_ko: missing',
    );
  });

  it('names each field that is not text', () => {
    const field = 'field "response_en": expected a non-empty string, got';
    rejects({ ...ours, response_en: null }, `${field} null`, 'response_en: null');
    rejects({ ...ours, response_en: undefined }, `${field} no such field`, 'response_en: missing');
    rejects({ ...ours, response_en: ' \n' }, `${field} " \\n"`, 'response_en: empty');
    rejects({ ...ours, response_en: 8 }, `${field} 8`, 'response_en: not a string');
    rejects({ ...ours, response_en: ['A'] }, `${field} ["A"]`, 'response_en: not a string');
    rejects(
      { ...ours, response_en: '<noinput>' },
      `${field} the placeholder "<noinput>"`,
      'response_en: <noinput>',
    );
    rejects(
      { ...ours, instruction_ko: '' },
      'field "instruction_ko": expected a non-empty string, got ""',
      'instruction_ko: empty',
    );
    rejects({ ...ours, input_ko: 5 }, 'field "input_ko": expected a string, got 5', 'input_ko: not a string');
  });
});

describe('saysNoInput', () => {
  it('sees through quotes, brackets and entities', () => {
    for (const text of [
      '<noinput>',
      '"<noinput>"',
      '(无输入)',
      '“&lt;无输入&gt;”',
      'No Input',
      '没有输入。',
    ]) {
      assert.equal(saysNoInput(text), true, text);
    }
    for (const text of ['', 'input', 'There is no input here', '<noinput> New York', '输入']) {
      assert.equal(saysNoInput(text), false, text);
    }
  });
});
