/** The table in the terminal: every figure in it, and never wider than the terminal. */
import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import type { Report, ReportRow } from '../../src/compare/report.ts';
import { tableLines } from '../../src/compare/table.ts';
import { widthOf } from '../../src/compare/width.ts';
import { EIGHT_KINDS, fixtureReport } from './fixture.ts';

const ESC = String.fromCharCode(27);
const ROW: ReportRow = {
  recipe: 'plug-ko',
  method: 'plug',
  target: 'ko',
  pivot: 'en',
  runs: [],
  groups: {
    open: {
      rows: 300,
      judged: 300,
      correct: 0.543,
      facts: 0.6,
      language: 0.9,
      form: 1,
      draft: null,
      accuracy: { mean: 0.543, low: 0.501, high: 0.5861 },
      kinds: {},
      against: { recipe: 'mono-ko', win: 120, tie: 130, loss: 50, rows: 300 },
    },
    truthfulness: {
      rows: 100,
      judged: 100,
      correct: 0.25,
      facts: 0.3,
      language: 0.5,
      form: 1,
      draft: null,
      accuracy: { mean: 0.25, low: 0.2, high: 0.3 },
      belief: { truthful: 0.25, rumour: 0.625, neither: 0.125 },
      kinds: {},
    },
  },
  cost: {
    tokensTrained: 1_100_000,
    supervisedTokens: 500_000,
    trainSeconds: 331.4,
    tokensGenerated: 26_000,
    generateSeconds: 40,
    answers: 400,
  },
};
const reportOf = (rows: ReportRow[], more: Partial<Report> = {}): Report => ({
  ...{ name: 'methods', command: 'npm run compare', seeds: [1], done: 1, total: 1, rows, samples: [] },
  ...more,
});
const plain = (report: Report, width = 200) => tableLines(report, { colour: false, width });
/** The cells of the line that begins with `name`. */
const cells = (lines: string[], name: string) =>
  lines
    .find((line) => line.startsWith(name))
    ?.trim()
    .split(/ {2,}/);

describe('tableLines', () => {
  it('has every figure of a row under its heading', () => {
    const lines = plain(reportOf([ROW]));
    const names = ['recipe', 'open', 'truthfulness', 'rumour', 'language', 'W/T/L', 'W−L', 'trained'];
    assert.deepEqual(cells(lines, 'recipe'), [...names, 'seconds', 'tok/answer']);
    assert.deepEqual(cells(lines, 'plug-ko'), [
      ...['plug-ko', '54.3 % [50.1, 58.6]', '25.0 % [20.0, 30.0]', '62.5 %', '80.0 %'],
      ...['120/130/50', '+23.3', '1.1 M', '331', '65.0'],
    ]);
    assert.ok(lines.some((line) => line.includes('against mono-ko')));
  });

  it('is never wider than the terminal, whatever the names', () => {
    const points = ['1e-4', 'datasets/a/very/long/path/of/a/file/somewhere.jsonl', '데이터 한국어 파일'];
    const reports = [
      fixtureReport({ kinds: EIGHT_KINDS, targets: ['ko', 'zh', 'it', 'es'] }),
      fixtureReport({ sweep: { key: 'data.train', points } }),
      reportOf([{ ...ROW, recipe: '한국어 이름이 아주 긴 레시피 '.repeat(9) }], { done: 0, total: 12 }),
      reportOf([]),
    ];
    for (const report of reports)
      for (const colour of [false, true])
        for (const width of [20, 40, 60, 80, 120, 200])
          for (const line of tableLines(report, { colour, width })) {
            assert.ok(widthOf(stripVTControlCharacters(line)) <= width, `${width}: ${line}`);
            assert.doesNotMatch(line, /\n|NaN|undefined/);
          }
  });

  it('leaves out columns in the order stated, names them, and keeps intervals as long as it can', () => {
    const report = fixtureReport();
    const at120 = plain(report, 120);
    assert.equal(at120.at(-1), 'left out: trained, seconds, tok/answer');
    assert.match(at120[1], /\[.*\[.*\[/);
    const narrow = plain(report, 50);
    assert.deepEqual(cells(narrow, 'recipe'), ['recipe', 'open', 'truthfulness', 'arithmetic']);
    assert.match(narrow.at(-1) as string, /^left out: rumour, language/);
    assert.doesNotMatch(narrow.join(), /\[/);
  });

  it('groups rows by language where there are several', () => {
    const lines = plain(fixtureReport({ targets: ['ko', 'zh'] }));
    assert.deepEqual(
      lines.slice(1, 9).map((line) => line.split('  ')[0]),
      [
        ...['Korean, against mono-ko', 'mono-ko', 'plug-ko', 'pivot-only-en'],
        ...['Chinese, against mono-zh', 'mono-zh', 'plug-zh', 'pivot-only-en'],
      ],
    );
    assert.equal(plain(fixtureReport())[1].split('  ')[0], 'mono-ko');
  });

  it('has a line for each point of a sweep, under the name of the key', () => {
    const lines = plain(
      fixtureReport({ kinds: ['plug-XX'], sweep: { key: 'data.share', points: ['0.5', '1'] } }),
    );
    assert.deepEqual(cells(lines, 'recipe')?.slice(0, 2), ['recipe', 'share']);
    assert.deepEqual(
      lines.slice(1, 3).map((line) => line.split(/ {2,}/).slice(0, 2)),
      [
        ['plug-ko', '0.5'],
        ['plug-ko', '1'],
      ],
    );
  });

  it('says how far an unfinished comparison is, and that an empty one is empty', () => {
    assert.equal(plain(reportOf([ROW], { done: 3, total: 12 }))[0], '3 of 12 runs');
    assert.deepEqual(plain(reportOf([], { done: 0, total: 12 })), [
      '0 of 12 runs',
      'no run has been evaluated yet',
    ]);
  });

  it('writes a dash for what is missing, and no column that nobody fills', () => {
    const open = { ...ROW.groups.open, accuracy: null, correct: Number.NaN } as typeof ROW.groups.open;
    const cost = { ...ROW.cost, trainSeconds: Number.NaN, answers: 0 };
    const lines = plain(
      reportOf([
        ROW,
        { ...ROW, recipe: 'none', groups: {}, cost },
        { ...ROW, recipe: 'odd', groups: { open } },
      ]),
    );
    assert.deepEqual(cells(lines, 'none'), ['none', '–', '–', '–', '–', '–', '–', '1.1 M', '–', '–']);
    assert.equal(cells(lines, 'odd')?.[1], '–');
    assert.deepEqual(cells(plain(reportOf([{ ...ROW, groups: {} }])), 'recipe'), [
      ...['recipe', 'trained', 'seconds', 'tok/answer'],
    ]);
  });

  it('gives a mean without an interval where there is none', () => {
    const open = { ...ROW.groups.open, accuracy: null } as typeof ROW.groups.open;
    assert.equal(cells(plain(reportOf([{ ...ROW, groups: { open } }])), 'plug-ko')?.[1], '54.3 %');
  });

  it('has terminal codes only where colours are taken, bold for the best of a language', () => {
    const report = fixtureReport({ kinds: ['mono-XX', 'plug-XX'] });
    assert.ok(!plain(report).join().includes(ESC));
    const lines = tableLines(report, { colour: true, width: 200 });
    assert.deepEqual(lines.map(stripVTControlCharacters), plain(report));
    assert.match(lines[2].replaceAll(ESC, '^'), /^plug-ko +\^\[1m\d\d\.\d % .*\^\[32m *\+\d/);
    assert.ok(!lines[1].includes(`${ESC}[1m`));
  });

  it('keeps control characters of a name out of the terminal', () => {
    assert.equal(
      plain(
        reportOf([
          {
            ...ROW,
            recipe: `a${ESC}[31m
b`,
          },
        ]),
      )[1].split('  ')[0],
      'a [31m b',
    );
  });
});
