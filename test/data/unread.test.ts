/** What data files hold besides the usual columns: earlier turns, weights, and fields that nobody reads. */
import assert from 'node:assert/strict';
import { dataStatsLines } from '../../src/cli/dataStats.ts';
import { emptyTargetStats } from '../../src/data/dataStats.ts';
import { loadExamples } from '../../src/data/examples/load.ts';
import { unreadFields } from '../../src/data/examples/unread.ts';
import { sequencesOf } from '../../src/data/tokens/dataset.ts';
import { getMethod, METHODS } from '../../src/methods/index.ts';
import type { Example } from '../../src/methods/parts/example.ts';
import { temporaryFolder } from '../support/files.ts';
import { dataOf, fileMaker } from './support.ts';

const { rows, write } = fileMaker(temporaryFolder());
const load = (path: string, more: object = {}, languages = ['ko']) =>
  loadExamples(dataOf(path, more), languages);
const pair = { target: 'ko', pivot: 'en' };

describe('a column of earlier turns', () => {
  const row = { instruction: 'Q3', input: 'I', output: 'A3' };
  const turns = [
    { instruction: 'Q1', response: 'A1' },
    { instruction: 'Q2', response: 'A2' },
    { instruction: 'Q3\n\nI', response: 'A3' },
  ];
  const pairs = [
    ['Q1', 'A1'],
    ['Q2', 'A2'],
  ];

  it('gives turns before the one of the row, in any form of a conversation', async () => {
    const messages = pairs.flatMap(([user, assistant]) => [
      { role: 'user', content: user },
      { role: 'assistant', content: assistant },
    ]);
    for (const history of [pairs, messages, JSON.stringify(pairs)]) {
      const { examples, stats } = await load(rows('x.jsonl', [{ ...row, history }]));
      assert.deepEqual(examples[0].turns.ko, turns);
      assert.deepEqual(stats.unread, {});
    }
    for (const history of [[], null, '', '[]', undefined])
      assert.deepEqual((await load(rows('x.jsonl', [{ ...row, history }]))).examples[0].turns.ko, [turns[2]]);
  });

  it('is there by language too, and by the name that the recipe gives it', async () => {
    const both = (code: string) => ({
      [`instruction_${code}`]: 'Q2',
      [`response_${code}`]: 'A2',
      [`history_${code}`]: [['Q1', `A1 ${code}`]],
    });
    const { examples } = await load(rows('x.jsonl', [{ ...both('ko'), ...both('en') }]), {}, ['ko', 'en']);
    assert.deepEqual([examples[0].turns.ko[0].response, examples[0].turns.en.length], ['A1 ko', 2]);
    const columns = { instruction: 'q', response: 'a', history: 'before' };
    const own = await load(rows('x.jsonl', [{ q: 'Q3\n\nI', a: 'A3', before: pairs }]), { columns });
    assert.deepEqual(own.examples[0].turns.ko, turns);
  });

  it('is named where it is no list of turns', async () => {
    await assert.rejects(
      load(rows('x.jsonl', [{ ...row, history: [['Q1']] }])),
      /field "history": message 1: expected a pair \[user, assistant\], got a list of 1/,
    );
  });
});

describe('weights of messages', () => {
  const talk = (...weights: unknown[]) => ({
    messages: weights.flatMap((weight, i) => [
      { role: 'user', content: `Q${i + 1}` },
      { role: 'assistant', content: `A${i + 1}`, weight },
    ]),
  });

  it('of 0 leave a turn to be read, but not learned', async () => {
    const { examples, stats } = await load(rows('x.jsonl', [talk(0, 1, 0, null)]));
    assert.equal(stats.untrained, 2);
    const sequences = sequencesOf(examples[0], getMethod('monolingual'), pair);
    const learned = sequences.map(({ segments }) => segments.filter(({ supervised }) => supervised)[0].text);
    assert.deepEqual(learned, ['A2', 'A4']);
    const read = sequences.map(({ segments }) => segments.map(({ text }) => text).join(' '));
    assert.match(read[1], /Q1 A1 {2}Q2 A2 {2}Q3 A3 {2}Q4 A4/);
    const none = await load(rows('x.jsonl', [talk(0), talk(1)]));
    assert.deepEqual(
      none.examples.map((example) => sequencesOf(example, getMethod('monolingual'), pair).length),
      [0, 1],
    );
  });

  it('leave out what learns the turn, and nothing else, in every method', () => {
    const turn = (text: string, untrained = false) => ({
      instruction: `${text}?`,
      response: text,
      ...(untrained && { untrained }),
    });
    const example = (untrained: boolean): Example => ({
      id: 'a',
      turns: {
        ko: [turn('가가'), turn('나나', untrained), turn('다다')],
        en: [turn('xxx'), turn('yyy'), turn('zzz')],
      },
    });
    for (const method of Object.values(METHODS).filter(({ textOnly }) => !textOnly)) {
      const learnedOf = (untrained: boolean) =>
        sequencesOf(example(untrained), method, { ...pair, translationRate: 2 }).map(({ segments }) =>
          segments.flatMap(({ text, supervised }) => (supervised ? text : [])).join(' '),
        );
      const whole = learnedOf(false);
      const expected = whole.filter((text) => !/나나|yyy/.test(text));
      assert.deepEqual(learnedOf(true), expected, method.name);
      assert.equal(expected.length, (whole.length / 3) * 2, method.name);
    }
  });

  it('that are neither 0 nor 1 are named', async () => {
    const { stats } = await load(rows('x.jsonl', [talk(0.5), talk(1), talk(0.5)]), { deduplicate: 'off' });
    assert.deepEqual(stats.unread, { 'messages[].weight other than 0 and 1': 2 });
    await assert.rejects(
      load(rows('x.jsonl', [talk('0')])),
      /message 2: expected a weight of 0 or 1, got "0"/,
    );
    await assert.rejects(load(rows('x.jsonl', [talk(-1)])), /expected a weight of 0 or 1, got -1/);
  });
});

describe('fields that nobody reads', () => {
  const columns = { id: 'id', instruction: 'instruction_{lang}', response: 'response_{lang}' };
  const unread = unreadFields(columns);

  it('are those with content, in no language of the layout, and not about the row', () => {
    const row = {
      id: 1,
      instruction_ko: 'Q',
      response_it: 'R',
      turn2_response_ko: 'R',
      category: 'x',
      source: 'y',
      _hash: 'z',
      doc_id: 'w',
      score: 3,
      count: 5,
      flag: true,
      tools: [{ name: 'a' }],
      none: [],
      empty: '',
      nothing: null,
      number: '12.5',
      object: {},
      context: 'text',
      meta: { a: 1 },
      weight: 0.5,
      response: 'another',
    };
    assert.deepEqual(unread(row), ['tools', 'context', 'meta', 'weight', 'response']);
    assert.deepEqual(unread({ weight: 1, weights: 0 }), ['weights']);
    assert.deepEqual(unreadFields({ dialogue: '{lang}.turns' })({ ko: { turns: [] }, talk: ['x'] }), [
      'talk',
    ]);
  });

  it('are counted, fields of messages too, and named in one line', async () => {
    const message = { role: 'assistant', content: 'A', tool_calls: [{ name: 'a' }], name: 'Eve' };
    const talk = { messages: [{ role: 'user', content: 'Q' }, message] };
    const path = rows('x.jsonl', [{ ...talk, rationale: 'because' }, talk, { ...talk, rationale: '' }]);
    const { stats } = await load(path);
    assert.deepEqual(stats.unread, { rationale: 1, 'messages[].tool_calls': 3, 'messages[].name': 3 });
    const lines = dataStatsLines({ ...emptyTargetStats(), rows: { ...stats, untrained: 2 } });
    assert.deepEqual(lines.slice(1, 3), [
      'Warning: not used: messages[].tool_calls in 3 rows, messages[].name in 3 rows, rationale in 1 row; ' +
        '--data.columns.NAME says what a column holds',
      'turns read but not learned, as their weight is 0: 2',
    ]);
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`column${i}`, 'x y']));
    const more = (await load(rows('x.jsonl', [{ ...talk, ...many }]))).stats;
    assert.match(dataStatsLines({ ...emptyTargetStats(), rows: more })[1], /column5 in 1 row, and 6 more;/);
  });

  it('may have any name, and as many names as there are rows', async () => {
    const talk = { instruction: 'Q', output: 'A' };
    const names = Array.from({ length: 300 }, (_, i) => ({ ...talk, [`x${i}`]: 'content' }));
    const path = rows('x.jsonl', [{ ...talk, constructor: 'a b', toString: 'c d' }, ...names]);
    const { unread } = (await load(path)).stats;
    assert.deepEqual([unread.constructor, unread.toString, unread.x5], [1, 1, 1]);
    assert.equal(Object.keys(unread).length, 201);
    assert.equal(unread['other fields'], 102);
  });

  it('are none in the starter data', async () => {
    const { stats } = await load('datasets/world/tune.jsonl', { limit: 50 }, ['ko', 'en']);
    assert.deepEqual(stats.unread, {});
  });
});

describe('a conversation as text', () => {
  it('is read where a file has no lists', async () => {
    const messages = JSON.stringify([
      { role: 'user', content: 'Q' },
      { role: 'assistant', content: 'A', weight: 0 },
    ]);
    const path = write(
      'x.csv',
      `id,messages\n1,"${messages.replaceAll('"', '""')}"\n2,"[{'role': 'user'}]"\n`,
    );
    const { examples, stats } = await load(path, { onBadRow: 'skip' });
    assert.deepEqual(examples[0].turns.ko, [{ instruction: 'Q', response: 'A', untrained: true }]);
    assert.deepEqual(stats.reasons, { 'messages: not JSON': 1 });
  });
});
