import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type DataSource, emptyRowStats, loadExamples, readExamples } from '../../src/data/examples/load.ts';
import type { Example } from '../../src/methods/parts/example.ts';
import { displayPath } from '../../src/paths.ts';
import { temporaryFolder } from '../support/files.ts';
import { accounted, dataOf, fileMaker } from './support.ts';

const HINT = ' (--data.onBadRow skip leaves such rows out and counts them)';

describe('loadExamples', () => {
  const dir = temporaryFolder();
  const { write } = fileMaker(dir);
  const file = (...lines: unknown[]) =>
    write(
      'rows.jsonl',
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    );
  const row = (id: unknown, response: unknown = '답') => ({
    id,
    instruction_ko: '질문',
    response_ko: response,
  });
  const load = (train: string | string[], more: Partial<DataSource> = {}, languages = ['ko']) =>
    loadExamples(dataOf(train, more), languages);
  const ids = (examples: Example[]) => examples.map(({ id }) => id);

  it('reads running text as one turn without an instruction', async () => {
    const path = file({ id: 'a', text: ' 차는 왔다.\n또 왔다. ' }, { id: 'b', text: '' });
    const { examples, stats } = await load(path, { textOnly: true, onBadRow: 'skip' });
    assert.deepEqual(examples, [
      { id: 'a', turns: { ko: [{ instruction: '', response: '차는 왔다.\n또 왔다.' }] } },
    ]);
    assert.equal(stats.skipped, 1);
  });

  it('gives the examples in order, with counts of rows', async () => {
    const path = file(row('a'), row('b'));
    const { examples, stats } = await load(path);
    assert.deepEqual(examples, [
      { id: 'a', turns: { ko: [{ instruction: '질문', response: '답' }] } },
      { id: 'b', turns: { ko: [{ instruction: '질문', response: '답' }] } },
    ]);
    assert.deepEqual(stats, { ...emptyRowStats(), files: [path], read: 2, kept: 2 });
  });

  it('reads several files, each with its own layout', async () => {
    const other = file({ id: 'c', instruction_ko: '질문', output_ko: '답' });
    const { examples, stats } = await load([file(row('a')), other]);
    assert.deepEqual(ids(examples), ['a', 'c']);
    assert.equal(stats.files.length, 2);
  });

  it('streams: an example comes before the rest is read, and rows are counted as they are read', async () => {
    const stats = emptyRowStats();
    for await (const { id } of readExamples(dataOf(file(row('a'), '{')), ['ko'], stats)) {
      assert.deepEqual([id, stats.read, stats.kept], ['a', 1, 1]);
      break;
    }
  });

  it('names rows without an id by file and line', async () => {
    const path = file(row(undefined), row(null), row(''), row(0));
    assert.deepEqual(ids((await load(path)).examples), ['rows.jsonl:1', 'rows.jsonl:2', 'rows.jsonl:3', '0']);
  });

  it('tells rows of files of one name apart, and names them the same wherever the files lie', async () => {
    const nameless = () => file(row(undefined));
    const { examples } = await load([nameless(), nameless(), nameless()]);
    assert.deepEqual(ids(examples), ['rows.jsonl:1', 'rows.jsonl#2:1', 'rows.jsonl#3:1']);
  });

  it('stops at a bad row, naming file, line and field, and how to skip', async () => {
    const path = file(row('a'), row('b', null));
    await assert.rejects(load(path), {
      name: 'RowError',
      message: `${displayPath(path)}:2: field "response_ko": expected a non-empty string, got null${HINT}`,
    });
    const broken = file(row('a'), '{');
    await assert.rejects(load(broken), (error: Error) => {
      assert.ok(error.message.startsWith(`${displayPath(broken)}:2: expected a JSON object`));
      assert.ok(error.message.endsWith(HINT));
      return true;
    });
  });

  it('stops at an id that came before, also in another file', async () => {
    const path = file(row('a'));
    await assert.rejects(load([file(row('a')), path]), {
      message: `${displayPath(path)}:1: expected an id that no earlier row has, got "a" again${HINT}`,
    });
  });

  it('skips bad rows and counts them by reason, when asked to', async () => {
    const path = file('{', row('a'), row('b', ''), row('a'), row('c', ''), '[]', row('d'));
    const { examples, stats } = await load(path, { onBadRow: 'skip' });
    assert.deepEqual(ids(examples), ['a', 'd']);
    assert.deepEqual(stats, {
      ...emptyRowStats(),
      files: [path],
      read: 7,
      kept: 2,
      skipped: 5,
      reasons: { 'not JSON': 1, 'response_ko: empty': 2, 'duplicate id': 1, 'not an object': 1 },
    });
  });

  it('does not take the id of a skipped row as used', async () => {
    const { examples } = await load(file(row('a', ''), row('a')), { onBadRow: 'skip' });
    assert.deepEqual(ids(examples), ['a']);
  });

  it('stops at unknown columns also where bad rows are skipped', async () => {
    await assert.rejects(
      load(file({ text: 'x' }), { onBadRow: 'skip' }),
      /expected columns of a known layout/,
    );
  });

  it('reads the first good rows up to a limit', async () => {
    const path = file(row('a', ''), row('b'), row('c'), row('d'), '{');
    const { examples, stats } = await load(path, { limit: 2, onBadRow: 'skip' });
    assert.deepEqual(ids(examples), ['b', 'c']);
    assert.deepEqual([stats.read, stats.kept, stats.skipped], [3, 2, 1]);
  });

  it('stops reading at the limit, so that a bad row behind it does no harm', async () => {
    const one = file(row('a'), '{');
    assert.equal((await load([one, join(dir, 'no such file')], { limit: 1 })).examples.length, 1);
  });

  it('reads every file of a folder', async () => {
    const folder = join(dir, 'folder');
    mkdirSync(folder);
    writeFileSync(join(folder, 'b.jsonl'), JSON.stringify(row('b')));
    writeFileSync(join(folder, 'a.json'), JSON.stringify([row('a'), row(undefined)]));
    const { examples, stats } = await load(folder);
    assert.deepEqual(ids(examples), ['a', 'a.json:2', 'b']);
    assert.deepEqual(
      stats.files.map((path) => basename(path)),
      ['a.json', 'b.jsonl'],
    );
    writeFileSync(join(folder, 'b.jsonl'), '{"id":"a"');
    await assert.rejects(load(folder), /b\.jsonl:1: expected a JSON object/);
    writeFileSync(join(folder, 'a.json'), JSON.stringify([row('a'), row('b', 5)]));
    await assert.rejects(
      load(folder),
      /a\.json: row 2: field "response_ko": expected a non-empty string, got 5/,
    );
  });

  it('reads a file of one language as the target', async () => {
    const path = file({ instruction: 'Q', input: 'I', output: 'A' });
    assert.deepEqual((await load(path)).examples[0].turns, {
      ko: [{ instruction: 'Q\n\nI', response: 'A' }],
    });
    await assert.rejects(load(path, {}, ['ko', 'en']), {
      name: 'UserError',
      message:
        `${displayPath(path)}: expected the languages "ko", "en", got a file of one language (instruction with ` +
        'output); take it as "ko" and give the file of "en" with --data.pivot FILE',
    });
    await assert.rejects(
      load(file({ instruction: '', output: '' })),
      /field "instruction": expected a non-empty/,
    );
  });

  it('gives the system text of the row in each language that has one', async () => {
    const talk = (persona?: string[]) => ({ persona, dialogue: [['Q', 'A']] });
    const path = file(
      { id: 'a', ko: talk(['하나.', '둘.']), en: talk() },
      { id: 'b', ko: talk(), en: talk() },
    );
    const { examples } = await load(path, {}, ['ko', 'en']);
    assert.deepEqual(examples[0].system, { ko: '하나.\n둘.' });
    assert.equal('system' in examples[1], false);
  });

  it('passes over rows that hold nothing in a language, and counts them by it', async () => {
    const both = { instruction_ko: '질문', response_ko: '답', instruction_en: 'Q', response_en: 'A' };
    const path = file(
      { id: 'a', ...both },
      { id: 'b', ...both, instruction_en: null, response_en: '' },
      { id: 'c', instruction_en: 'Q', response_en: 'A' },
      { id: 'd', instruction_it: 'D', response_it: 'R' },
      { id: 'e', ...both, response_en: '' },
      { id: 'f', ...both, turn2_instruction_ko: '질문', turn2_response_ko: '답' },
    );
    const { examples, stats } = await load(path, { onBadRow: 'skip' }, ['ko', 'en']);
    assert.deepEqual(ids(examples), ['a']);
    assert.deepEqual(stats.withoutPartner, { en: 1, ko: 1, 'ko, en': 1 });
    assert.deepEqual(stats.reasons, { 'response_en: empty': 1, 'turns differ': 1 });
    assert.deepEqual([stats.read, accounted(stats)], [6, 6]);
    await assert.rejects(
      load(path, {}, ['ko', 'en']),
      /:5: field "response_en": expected a non-empty string/,
    );
  });

  it('names a row whose languages have different numbers of turns', async () => {
    const path = file({
      ko: { dialogue: [['질문', '답']] },
      en: {
        dialogue: [
          ['Q', 'A'],
          ['Q', 'A'],
        ],
      },
    });
    await assert.rejects(load(path, {}, ['ko', 'en']), {
      name: 'RowError',
      reason: 'turns differ',
      message: `${displayPath(path)}:1: expected as many turns in each language, got 1 in "ko", 2 in "en"${HINT}`,
    });
  });

  it('names the languages there are where nothing is kept', async () => {
    const path = file(row('a'), { ...row('b'), instruction_en: 'Q', response_en: 'A' });
    await assert.rejects(load(path, {}, ['it', 'en']), {
      name: 'UserError',
      message:
        `${displayPath(path)}: expected examples in the languages "it", "en", got none of 2 rows (1 without it, en; ` +
        '1 without it); the files have "en", "ko" (choose with --method.target and --method.pivot)',
    });
    const bad = file(row('a', ''), row('b', null), row('c', ''));
    await assert.rejects(load(bad, { onBadRow: 'skip' }), {
      message:
        `${displayPath(bad)}: expected examples in the languages "ko", got none of 3 rows (2 response_ko: empty; ` +
        '1 response_ko: null); the files have "ko"',
    });
    const empty = file();
    await assert.rejects(load(empty), {
      message: `${displayPath(empty)}: expected examples in the languages "ko", got no row`,
    });
  });

  it('needs one language once, where target and pivot are the same', async () => {
    assert.deepEqual(ids((await load(file(row('a')), {}, ['ko', 'ko'])).examples), ['a']);
    const single = file({ instruction: 'Q', output: 'A' });
    assert.equal((await load(single, {}, ['ko', 'ko'])).examples.length, 1);
  });
});

describe('data.deduplicate', () => {
  const { rows } = fileMaker(temporaryFolder());
  const said = (ko: string, response: string, en = 'Q', more: object = {}) => ({
    ...{ instruction_ko: ko, response_ko: response, instruction_en: en, response_en: 'A' },
    ...more,
  });
  const second = { turn2_instruction_ko: 'x', turn2_response_ko: 'y' };
  const secondEn = { turn2_instruction_en: 'x', turn2_response_en: 'y' };
  const path = rows('x.jsonl', [
    said('카페', '답'),
    said(` ${'카페'.normalize('NFD')} `, '답\n'),
    said('카페', '다른 답'),
    said('카페', '답', 'other'),
    said('카페', '답', 'Q', { ...second, ...secondEn }),
    said('카페', '답', ' Q', { ...second, ...secondEn }),
    said('카 페', '답'),
    said('카 \n\t 페', '답'),
  ]);
  const load = async (deduplicate: DataSource['deduplicate'], languages = ['ko', 'en']) => {
    const { examples, stats } = await loadExamples(dataOf(path, { deduplicate }), languages);
    assert.deepEqual([stats.read, stats.duplicates], [8, 8 - examples.length]);
    assert.equal(accounted(stats), 8);
    return examples.map(({ id }) => Number(id.split(':')[1]));
  };

  it('leaves out what says the same in all turns of all languages', async () => {
    assert.deepEqual(await load('exact'), [1, 3, 4, 5, 7]);
  });

  it('looks at the languages that are read, and no other', async () => {
    assert.deepEqual(await load('exact', ['ko']), [1, 3, 5, 7]);
    assert.deepEqual(await load('exact', ['en']), [1, 4, 5]);
  });

  it('looks at the instructions of the target alone, when asked to', async () => {
    assert.deepEqual(await load('instruction'), [1, 5, 7]);
    assert.deepEqual(await load('instruction', ['en', 'ko']), [1, 4, 5]);
  });

  it('can be off', async () => assert.equal((await load('off')).length, 8));
});

describe('data.sampling', () => {
  const { rows, write } = fileMaker(temporaryFolder());
  const all = Array.from({ length: 400 }, (_, i) => ({
    ...{ id: `row-${i}`, instruction_ko: `질문 ${i % 390}`, response_ko: '답' },
  }));
  const path = rows('x.jsonl', all);
  const sample = async (limit: number, more: Partial<DataSource> = {}, from = path) => {
    const data = dataOf(from, { sampling: 'random', limit, ...more });
    const { examples, stats } = await loadExamples(data, ['ko']);
    assert.equal(stats.read, accounted(stats));
    return { ids: examples.map(({ id }) => id), stats };
  };

  it('takes as many as asked, in the order of the file, and counts the others', async () => {
    const { ids, stats } = await sample(50);
    assert.deepEqual([ids.length, stats.kept, stats.notSampled, stats.read], [50, 50, 350, 400]);
    const order = ids.map((id) => Number(id.slice(4)));
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    assert.ok(order[49] > 300, 'from the whole file');
  });

  it('makes a smaller sample part of a larger one', async () => {
    let larger = new Set((await sample(399)).ids);
    for (const limit of [250, 100, 33, 7, 1]) {
      const { ids } = await sample(limit);
      assert.equal(ids.length, limit);
      assert.ok(
        ids.every((id) => larger.has(id)),
        String(limit),
      );
      larger = new Set(ids);
    }
  });

  it('follows from ids and seed alone, not from the order of rows', async () => {
    const backwards = await sample(40, {}, rows('y.jsonl', [...all].reverse()));
    assert.deepEqual([...backwards.ids].reverse(), (await sample(40)).ids);
    assert.notDeepEqual((await sample(40, { seed: 7 })).ids, (await sample(40)).ids);
  });

  it('draws evenly', async () => {
    const counts = new Float64Array(4);
    for (let seed = 0; seed < 40; seed++) {
      for (const id of (await sample(40, { seed })).ids) counts[Math.floor(Number(id.slice(4)) / 100)] += 1;
    }
    for (const count of counts) assert.ok(Math.abs(count - 400) < 80, String(counts));
  });

  it('takes all where there are no more', async () => {
    const { ids, stats } = await sample(1000);
    assert.deepEqual([ids.length, stats.notSampled], [400, 0]);
  });

  it('counts bad rows, duplicates and rows without partner once', async () => {
    const mixed = [...all, { id: 'bad', instruction_ko: 'x' }, { id: 'none', response_en: 'A' }];
    const from = rows('z.jsonl', mixed);
    const { stats } = await sample(30, { onBadRow: 'skip', deduplicate: 'exact' }, from);
    const { read, kept, skipped, duplicates, withoutPartner, notSampled } = stats;
    assert.deepEqual([read, kept, skipped, duplicates, notSampled], [402, 30, 1, 10, 360]);
    assert.deepEqual([withoutPartner, stats.files], [{ ko: 1 }, [from]]);
  });

  it('has no effect without a limit', async () => {
    const { examples } = await loadExamples(dataOf(path, { sampling: 'random' }), ['ko']);
    assert.equal(examples.length, 400);
  });

  it('stops at a bad row behind the sample too', async () => {
    const from = write('x.jsonl', `${JSON.stringify(all[0])}\n{`);
    await assert.rejects(sample(1, {}, from), /x\.jsonl:2: expected a JSON object/);
  });
});
