import assert from 'node:assert/strict';
import { readConversation, saysNothing } from '../../src/data/examples/columns.ts';
import type { ColumnMap } from '../../src/data/examples/layouts.ts';
import { saysNoInput } from '../../src/data/examples/text.ts';
import type { Row } from '../../src/data/read/read.ts';

const place = { path: '/data/x.jsonl', line: 7, unit: 'line' as const };
const columns: ColumnMap = {
  ...{ instruction: 'instruction_{lang}', input: 'input_{lang}', response: 'response_{lang}' },
  system: 'system_{lang}',
};
const persona: ColumnMap = { system: '{lang}.persona', dialogue: '{lang}.dialogue' };
const ours = { id: 'a', instruction_ko: '질문', response_ko: '답', instruction_en: 'Q', response_en: 'A' };

describe('saysNothing', () => {
  const says = (row: Row, map = columns) => !saysNothing(row, map, 'ko');

  it('is told from all columns of the language, and from none of another', () => {
    assert.equal(says({ instruction_en: 'Q', response_en: 'A', id: 'a', input: 'x' }), false);
    for (const empty of [null, '', ' \n', undefined]) {
      assert.equal(
        says({ instruction_ko: empty, input_ko: empty, response_ko: empty, response_en: 'A' }),
        false,
      );
    }
    for (const name of ['instruction_ko', 'input_ko', 'response_ko', 'system_ko', 'turn2_response_ko']) {
      assert.equal(says({ [name]: 'x' }), true, name);
    }
    assert.equal(says({ instruction_ko: 0 }), true);
    assert.equal(says({ system: 'S' }, { ...columns, system: 'system' }), false);
  });

  it('looks into objects', () => {
    assert.equal(says({ ko: null, en: { dialogue: [['Q', 'A']] } }, persona), false);
    assert.equal(says({ ko: { dialogue: [], persona: [] } }, persona), false);
    assert.equal(says({ ko: { dialogue: [['Q', 'A']] } }, persona), true);
    assert.equal(says({ ko: { persona: ['x'] } }, persona), true);
  });
});

describe('readConversation', () => {
  const conversation = (row: Row, language: string, map = columns) =>
    readConversation(row, map, language, place);
  const turns = (row: Row, languages = ['ko', 'en'], map = columns) =>
    Object.fromEntries(languages.map((language) => [language, conversation(row, language, map).turns]));
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
    const input = (value: unknown) => turns({ ...ours, input_ko: value }).ko[0].instruction;
    assert.equal(input('입력'), '질문\n\n입력');
    for (const none of ['', '  \n', null, undefined, '<noinput>', 'No input.', '&lt;无输入&gt;', 'N/A']) {
      assert.equal(input(none), '질문', String(none));
    }
    assert.equal(input('no input device works'), '질문\n\nno input device works');
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

  it('ends where a turn is empty', () => {
    const empty = { turn2_instruction_ko: null, turn2_response_ko: '', turn2_input_ko: ' ' };
    assert.equal(turns({ ...ours, ...empty }).ko.length, 1);
    const english = { turn2_instruction_en: 'Q2', turn2_response_en: 'A2' };
    const { ko, en } = turns({ ...ours, ...empty, ...english });
    assert.deepEqual([ko.length, en.length], [1, 2]);
  });

  it('reads a system text, or a list of sentences', () => {
    const system = (value: unknown) => conversation({ ...ours, system_ko: value }, 'ko').system;
    assert.equal(system(' 친절하게 답하세요. '), '친절하게 답하세요.');
    assert.equal(system(['하나.', '', ' 둘. ', null]), '하나.\n둘.');
    for (const none of [undefined, null, '', [], '<noinput>']) assert.equal(system(none), '');
    rejects(
      { ...ours, system_ko: 5 },
      'field "system_ko": expected a string, got 5',
      'system_ko: not a string',
    );
  });

  it('reads a dialogue and what its speaker is like', () => {
    const row = { ko: { persona: ['하나.', '둘.'], dialogue: [['안녕?', '응.']] } };
    assert.deepEqual(conversation(row, 'ko', persona), {
      turns: [{ instruction: '안녕?', response: '응.' }],
      system: '하나.\n둘.',
    });
    rejects(
      { ko: { dialogue: [['안녕?', '']] } },
      'field "ko.dialogue": message 1: expected a non-empty string, got ""',
      'ko.dialogue: empty',
      persona,
    );
  });

  it('puts a system column before a system message', () => {
    const messages = [
      { role: 'system', content: 'M' },
      { role: 'user', content: 'Q' },
      { role: 'assistant', content: 'A' },
    ];
    const map = { dialogue: 'messages', system: 'system' };
    assert.equal(conversation({ messages, system: 'C' }, 'ko', map).system, 'C\n\nM');
    assert.equal(conversation({ messages }, 'ko', map).system, 'M');
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
