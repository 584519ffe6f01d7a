import assert from 'node:assert/strict';
import { type ColumnMap, findLayout, LAYOUTS } from '../../src/data/examples/layouts.ts';
import type { Row } from '../../src/data/read/read.ts';

const place = { path: '/data/x.jsonl', line: 7, unit: 'line' as const };
const find = (row: Row, languages = ['ko', 'en'], wanted: 'auto' | ColumnMap = 'auto') =>
  findLayout(wanted, row, languages, place);
const fails = (message: string | RegExp, ...args: Parameters<typeof find>) =>
  assert.throws(() => find(...args), { name: 'UserError', message });

const ours = { id: 'a', instruction_ko: '질문', response_ko: '답', instruction_en: 'Q', response_en: 'A' };
const alpaca = {
  ...{ id: 'a', instruction_zh: '问', input_zh: '入', output_zh: '答' },
  ...{ instruction_en: 'Q', input_en: 'I', output_en: 'A' },
};
const custom: ColumnMap = { instruction: 'q_{lang}', response: 'a_{lang}' };

describe('findLayout', () => {
  it('knows the usual layouts of several languages, and which ones a row holds', () => {
    const cases: [Row, string | undefined, string[]][] = [
      [ours, 'response_{lang}', ['ko', 'en']],
      [alpaca, 'output_{lang}', ['zh', 'en']],
      [{ en: { dialogue: [], persona: [] }, it: { dialogue: [] } }, '{lang}.dialogue', ['en', 'it']],
      [{ messages_ko: [], messages_en: [] }, 'messages_{lang}', ['ko', 'en']],
      [{ conversations_es: [] }, 'conversations_{lang}', ['es']],
      [{ instruction_de: 'F', response_de: 'A' }, 'response_{lang}', ['de']],
      [{ 'instruction_zh-Hant': '問', 'response_zh-Hant': '答' }, 'response_{lang}', ['zh-Hant']],
    ];
    for (const [row, name, languages] of cases) {
      const { columns, languages: held } = find(row);
      assert.deepEqual([columns.dialogue ?? columns.response, held], [name, languages]);
    }
  });

  it('knows the usual layouts of one language', () => {
    const cases: [Row, (string | undefined)[]][] = [
      [{ instruction: 'Q', input: '', output: 'A', text: 'Q A' }, ['instruction', 'output', undefined]],
      [{ id: 1, system: 'S', instruction: 'Q', response: 'A' }, ['instruction', 'response', undefined]],
      [{ prompt: 'Q', completion: 'A' }, ['prompt', 'completion', undefined]],
      [{ messages: [] }, [undefined, undefined, 'messages']],
      [{ id: 'x', conversations: [] }, [undefined, undefined, 'conversations']],
    ];
    for (const [row, expected] of cases) {
      const { columns, languages, hasId } = find(row);
      assert.deepEqual([columns.instruction, columns.response, columns.dialogue], expected);
      assert.deepEqual([languages, hasId], [null, 'id' in row]);
    }
  });

  it('takes the layout that has most of the languages', () => {
    const both = { ...ours, output_ko: '답', output_en: 'A', instruction_it: 'D', output_it: 'R' };
    assert.equal(find(both, ['ko', 'en']).columns.response, 'response_{lang}');
    assert.equal(find(both, ['it', 'en']).columns.response, 'output_{lang}');
  });

  it('takes a field for a language only where nothing else fits', () => {
    const row = { messages: [], messages_raw: [] };
    assert.equal(find(row).languages, null);
    assert.deepEqual(find({ messages_raw: [] }).languages, ['raw']);
    assert.equal(
      find({ instruction: 'Q', output: 'A', instruction_text: 'Q', output_text: 'A' }).languages,
      null,
    );
  });

  it('lists the fields of an unknown layout, all known ones, and how to name the columns', () => {
    fails(
      '/data/x.jsonl:7: expected columns of a known layout (instruction_{lang} with response_{lang}; ' +
        'instruction_{lang} with output_{lang}; {lang}.dialogue; messages_{lang}; conversations_{lang}; ' +
        'instruction with response; instruction with output; messages; conversations; prompt with completion); ' +
        "the row has id, en, ko. Name them in the recipe's data.columns, or: " +
        "--data.columns.instruction 'question_{lang}' --data.columns.response 'answer_{lang}', or one " +
        '--data.columns.dialogue for a whole conversation; {lang} stands for the language code',
      { id: 1, en: {}, ko: {} },
    );
    assert.equal(LAYOUTS.length, 10);
    fails(/the row has no field\./, {});
    fails(/known layout/, { instruction_ko: '질문', response_en: 'A' });
  });

  it('finds running text where that is asked for, and conversations where not', () => {
    const text = (row: Row, wanted: 'auto' | ColumnMap = 'auto') =>
      findLayout(wanted, row, ['ko'], place, true);
    const both = { instruction: 'Q', output: 'A', text: 'Q A' };
    assert.equal(text(both).columns.text, 'text');
    assert.equal(find(both).columns.text, undefined);
    assert.deepEqual(text({ text_ko: '글', text_en: 'T', text: '' }).languages, ['ko', 'en']);
    assert.equal(text({ body: 'T' }, { text: 'body' }).hasId, false);
    const error = (message: RegExp, run: () => unknown) => assert.throws(run, { name: 'UserError', message });
    error(/expected a column of running text \(text_\{lang\}; text; content\); the row has body\./, () =>
      text({ body: 'T' }),
    );
    error(/expected a field "body"/, () => text({ text: 'T' }, { text: 'body' }));
    error(/expected text for a method that learns running text/, () => text(ours, custom));
    error(/method\.name plain-text learns running text/, () => find({ text: 'T' }, ['ko'], { text: 'text' }));
  });

  it('takes the columns of the recipe, which the row must have in some language', () => {
    assert.deepEqual(find({ q_ko: '질문', a_ko: '답', q_en: 'Q' }, ['ko'], custom), {
      columns: custom,
      languages: ['ko'],
      hasId: false,
    });
    const row = { q_ko: '질문', a_en: 'A' };
    fails(
      '/data/x.jsonl:7: expected a field "a_ko" (data.columns); the row has q_ko, a_en',
      row,
      ['ko', 'en'],
      custom,
    );
    fails(/expected a field "number" \(data.columns\)/, { q_ko: '질문', a_ko: '답' }, ['ko'], {
      ...custom,
      id: 'number',
    });
  });

  it('takes columns inside objects, and one dialogue', () => {
    const inside: ColumnMap = { dialogue: 'talk.{lang}.turns', id: 'about.id' };
    const row = { about: { id: 5 }, talk: { ko: { turns: [] }, en: { turns: [] }, it: {} } };
    assert.deepEqual(find(row, ['ko'], inside), { columns: inside, languages: ['ko', 'en'], hasId: true });
    fails(/expected a field "talk.ko.turns" \(data.columns\)/, { talk: { ko: [] } }, ['ko'], inside);
    assert.deepEqual(find({ chat: [] }, ['ko', 'en'], { dialogue: 'chat' }).languages, null);
  });

  it('needs {lang} in both columns or in none where two languages are read', () => {
    const plain: ColumnMap = { instruction: 'q_{lang}', response: 'answer' };
    const row = { q_ko: '질문', q_en: 'Q', answer: '답' };
    const message = 'data.columns.response must contain {lang}, as it is read for "ko", "en"';
    fails(message, row, ['ko', 'en'], plain);
    assert.equal(find(row, ['ko'], plain).columns, plain);
    const single: ColumnMap = { instruction: 'q', response: 'answer' };
    assert.equal(find({ q: 'Q', answer: 'A' }, ['ko', 'en'], single).languages, null);
  });

  it('takes a second {lang} for the same language', () => {
    const twice: ColumnMap = { instruction: '{lang}_{lang}', response: 'a_{lang}' };
    const row = { ko_ko: '질문', a_ko: '답', ko_en: 'x', a_en: 'x' };
    assert.deepEqual(find(row, ['ko'], twice).languages, ['ko']);
  });
});
