/** Two files of one language each, joined: by id or row number, in any order, with nothing lost. */
import assert from 'node:assert/strict';
import { type DataSource, loadExamples } from '../../src/data/examples/load.ts';
import type { Row } from '../../src/data/read/read.ts';
import { displayPath } from '../../src/paths.ts';
import { temporaryFolder } from '../support/files.ts';
import { accounted, dataOf, fileMaker } from './support.ts';

const files = fileMaker(temporaryFolder());
const korean = (id?: unknown, more: Row = {}) => ({ id, instruction: `질문 ${id}`, output: '답', ...more });
const english = (id?: unknown, more: Row = {}) => ({ id, instruction: `Q ${id}`, response: 'A', ...more });
const range = (count: number) => Array.from({ length: count }, (_, i) => `r${i}`);

type Files = { train: Row[]; pivot: Row[] };
const paths = ({ train, pivot }: Files) => ({
  train: files.rows('ko.jsonl', train),
  pivot: files.rows('en.jsonl', pivot),
});

async function load(content: Files, more: Partial<DataSource> = {}, languages = ['ko', 'en']) {
  const { train, pivot } = paths(content);
  const { examples, stats } = await loadExamples(dataOf(train, { pivot, ...more }), languages);
  assert.equal(stats.read, accounted(stats));
  return { examples, stats, ids: examples.map(({ id }) => id) };
}
const fails = async (content: Files, message: RegExp) => assert.rejects(load(content), { message });

describe('data.pivot', () => {
  it('joins rows by id, each file in its language', async () => {
    const train = range(50).map((id) => korean(id));
    const pivot = range(50).map((id) => english(id, { system: 'S' }));
    const { examples, stats, ids } = await load({ train, pivot });
    assert.deepEqual(ids, range(50));
    assert.deepEqual(examples[7], {
      id: 'r7',
      turns: {
        ko: [{ instruction: '질문 r7', response: '답' }],
        en: [{ instruction: 'Q r7', response: 'A' }],
      },
      system: { en: 'S' },
    });
    assert.deepEqual([stats.read, stats.kept, stats.files.length], [50, 50, 2]);
  });

  it('joins rows in any order, in that of completion', async () => {
    const train = range(4).map((id) => korean(id));
    const shuffled = ['r2', 'r0', 'r3', 'r1'].map((id) => english(id));
    const { ids } = await load({ train, pivot: shuffled });
    assert.deepEqual(ids, ['r0', 'r2', 'r3', 'r1']);
    const many = range(500);
    const backwards = [...many].reverse();
    const first = await load({
      train: many.map((id) => korean(id)),
      pivot: backwards.map((id) => english(id)),
    });
    assert.deepEqual([...first.ids].sort(), [...many].sort());
    assert.ok(first.examples.every(({ id, turns }) => turns.en[0].instruction === `Q ${id}`));
  });

  it('counts rows that have no partner by the language that is missing', async () => {
    const train = ['a', 'b', 'only ko', 'c'].map((id) => korean(id));
    const pivot = ['only en 1', 'c', 'a', 'only en 2', 'b', 'only en 3'].map((id) => english(id));
    const { ids, stats } = await load({ train, pivot });
    assert.deepEqual([...ids].sort(), ['a', 'b', 'c']);
    assert.deepEqual(stats.withoutPartner, { en: 1, ko: 3 });
    assert.equal(stats.read, 3 + 1 + 3);
  });

  it('says so where no row has a partner', async () => {
    await fails(
      { train: [korean('a')], pivot: [english('b')] },
      /got none of 2 rows \(1 without ko; 1 without en\)/,
    );
  });

  it('joins by row number where neither side has ids', async () => {
    const train = range(5).map((id) => ({ ...korean(id), id: undefined }));
    const pivot = range(6).map((id) => ({ ...english(id), id: undefined }));
    const { examples, ids, stats } = await load({ train, pivot });
    assert.deepEqual(ids, ['1', '2', '3', '4', '5']);
    assert.ok(
      examples.every(
        ({ turns }, i) => turns.ko[0].instruction === `질문 r${i}` && turns.en[0].instruction === `Q r${i}`,
      ),
    );
    assert.deepEqual(stats.withoutPartner, { ko: 1 });
  });

  it('counts a bad row as a row, so that those behind it keep their partners', async () => {
    const nameless = (row: Row) => ({ ...row, id: undefined });
    const train = [korean(0), korean(1, { output: '' }), korean(2)].map(nameless);
    const pivot = [english(0), english(1), english(2), english(3)].map(nameless);
    const { examples, ids, stats } = await load({ train, pivot }, { onBadRow: 'skip' });
    assert.deepEqual(ids, ['1', '3']);
    assert.equal(examples[1].turns.en[0].instruction, 'Q 2');
    assert.deepEqual([stats.skipped, stats.withoutPartner], [1, { ko: 2 }]);
    const broken = {
      train: files.write('ko.jsonl', `{\n${JSON.stringify(train[0])}`),
      pivot: files.rows('en.jsonl', pivot),
    };
    const data = dataOf(broken.train, { pivot: broken.pivot, onBadRow: 'skip' });
    assert.equal((await loadExamples(data, ['ko', 'en'])).examples[0].turns.en[0].instruction, 'Q 1');
  });

  it('names the file without ids where the other has them', async () => {
    const nameless = [{ instruction: 'Q', output: 'A' }];
    await fails(
      { train: [korean('a')], pivot: nameless },
      /en\.jsonl: expected ids to join rows by, as in .*ko\.jsonl/,
    );
    await fails(
      { train: nameless, pivot: [english('a')] },
      /ko\.jsonl: expected ids to join rows by, as in .*en\.jsonl/,
    );
  });

  it('names a row without an id among others with, and an id that comes again on either side', async () => {
    await fails(
      { train: [korean('a'), korean('')], pivot: [english('a')] },
      /ko\.jsonl:2: expected an id to join/,
    );
    const [one, two] = [
      [korean('a'), korean('b')],
      [english('a'), english('b')],
    ];
    await fails(
      { train: [...one, one[0]], pivot: two },
      /ko\.jsonl:3: expected an id that no earlier row has, got "a"/,
    );
    await fails(
      { train: one, pivot: [...two, two[0]] },
      /en\.jsonl:3: expected an id that no earlier row has, got "a"/,
    );
  });

  it('counts bad rows of both sides', async () => {
    const train = [korean('a'), korean('b', { output: null }), korean('c'), korean('d')];
    const pivot = [english('a'), english('b'), english('c', { response: '' }), english('d'), english('a')];
    const { ids, stats } = await load({ train, pivot }, { onBadRow: 'skip' });
    assert.deepEqual(ids, ['a', 'd']);
    assert.deepEqual(stats.reasons, { 'output: null': 1, 'response: empty': 1, 'duplicate id': 1 });
    assert.deepEqual(stats.withoutPartner, { ko: 1, en: 1 });
    assert.equal(stats.read, 2 + 3 + 2);
  });

  it('names the row of data.train where the turns differ', async () => {
    const pivot = [english('a', { turn2_instruction: 'Q', turn2_response: 'A' })];
    await fails(
      { train: [korean('a')], pivot },
      /ko\.jsonl:1: expected as many turns .* 1 in "ko", 2 in "en"/,
    );
  });

  it('takes what rows of several languages lack, and leaves those that lack nothing', async () => {
    const own = { instruction_en: 'own', response_en: 'A' };
    const train = [
      { id: 'a', instruction_ko: '질문', response_ko: '답', ...own },
      { id: 'b', instruction_ko: '질문', response_ko: '답' },
      { id: 'c', ...own },
    ];
    const { examples, ids, stats } = await load({
      train,
      pivot: range(0)
        .concat('a', 'b', 'c')
        .map((id) => english(id)),
    });
    assert.deepEqual([...ids].sort(), ['a', 'b']);
    assert.deepEqual(examples.map(({ turns }) => turns.en[0].instruction).sort(), ['Q b', 'own']);
    assert.deepEqual([stats.read, stats.withoutPartner], [4, { ko: 2 }]);
  });

  it('is not opened where one language is enough', async () => {
    const { train } = paths({ train: [korean('a')], pivot: [english('a')] });
    const { examples } = await loadExamples(dataOf(train, { pivot: '/none/at/all.jsonl' }), ['ko']);
    assert.deepEqual(Object.keys(examples[0].turns), ['ko']);
    await assert.rejects(loadExamples(dataOf(train, { pivot: '/none/at/all.jsonl' }), ['ko', 'en']), {
      message: `${displayPath('/none/at/all.jsonl')}: expected a file or folder of rows, got no such file`,
    });
  });

  it('joins files of several formats and folders', async () => {
    const rows = range(100);
    const train = files.rows(
      'ko.parquet',
      rows.map((id) => ({ id, messages: conversation('질문', '답') })),
    );
    const pivot = [
      files.rows(
        'en1.json',
        rows.slice(0, 30).map((id) => ({ id, messages: conversation('Q', 'A') })),
      ),
      files.rows(
        'en2.jsonl.gz',
        rows.slice(30).map((id) => english(id)),
      ),
    ];
    const { examples } = await loadExamples(dataOf(train, { pivot }), ['ko', 'en']);
    assert.deepEqual(
      examples.map(({ id }) => id),
      rows,
    );
  });

  it('stops at the limit with a sum that agrees, and samples what is joined', async () => {
    const content = {
      train: range(60).map((id) => korean(id)),
      pivot: range(80)
        .reverse()
        .map((id) => english(id)),
    };
    const { ids, stats } = await load(content, { limit: 5 });
    assert.equal(ids.length, 5);
    assert.ok(stats.read < 80, String(stats.read));
    const random = await load(content, { limit: 20, sampling: 'random' });
    const smaller = await load(content, { limit: 6, sampling: 'random' });
    assert.deepEqual(
      [random.ids.length, random.stats.notSampled, random.stats.withoutPartner.ko],
      [20, 40, 20],
    );
    assert.ok(smaller.ids.every((id) => random.ids.includes(id)));
  });

  it('leaves out duplicates of what is joined', async () => {
    const same = { instruction: 'x' };
    const train = [korean('a', same), korean('b', same), korean('c', same)];
    const pivot = [english('a', same), english('b', same), english('c')];
    const { ids, stats } = await load({ train, pivot }, { deduplicate: 'exact' });
    assert.deepEqual([ids, stats.duplicates], [['a', 'c'], 1]);
    assert.deepEqual((await load({ train, pivot }, { deduplicate: 'instruction' })).ids, ['a']);
  });
});

const conversation = (user: string, assistant: string) => [
  { role: 'user', content: user },
  { role: 'assistant', content: assistant },
];
