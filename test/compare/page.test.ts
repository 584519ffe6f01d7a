/** The page of a comparison: every figure of the report on it, whole from whatever there is. */
import assert from 'node:assert/strict';
import { comparisonPage } from '../../src/compare/page.ts';
import type { GroupResult, Report, ReportRow } from '../../src/compare/report.ts';
import { accuracyOf, labelOf } from '../../src/compare/rows.ts';
import { leadOf, measuredText, pairText, percentText, signedText } from '../../src/compare/texts.ts';
import { count, durationText, sizeText } from '../../src/report/numbers.ts';
import { assertBalanced, assertNone, assertNumbersFinite } from '../report/support.ts';
import { EIGHT_KINDS, fixtureReport } from './fixture.ts';

/** The page, checked as all of them are. */
function pageOf(report: Report): string {
  const text = comparisonPage(report);
  assertBalanced(text);
  assertNumbersFinite(text);
  assertNone(text, /<script|<link|<img|@import|url\(|\bsrc=|\bhref=|https?:/);
  const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, ids.length, 'ids are unique');
  for (const [svg] of text.matchAll(/<svg(?![^>]*aria-hidden).*?<\/svg>/gs))
    assert.match(svg, /<title id="[^"]+">[^<]+<\/title>\s*<desc id="[^"]+">[^<]+<\/desc>/);
  return text;
}
const headings = (text: string) => [...text.matchAll(/<h2>(.*?)<\/h2>/g)].map(([, heading]) => heading);
/** What a reader sees, without markup. */
const plain = (text: string) => text.replace(/<style>.*?<\/style>|<[^>]*>/gs, ' ').replace(/\s+/g, ' ');
const empty: Report = {
  ...{ name: 'methods', command: 'npm run compare', seeds: [], done: 0, total: 0, rows: [], samples: [] },
};

describe('comparisonPage', () => {
  it('has every section, and every figure of the report', () => {
    const report = fixtureReport({ targets: ['ko', 'es'] });
    const text = pageOf(report);
    assert.deepEqual(headings(text), [
      ...['Summary', 'Accuracy', 'Against the baseline', 'Accuracy by kind of question', 'Answers'],
      ...['Training loss', 'Cost', 'Runs'],
    ]);
    const seen = plain(text);
    const has = (value: string) => assert.ok(seen.includes(value), value);
    has(report.command);
    for (const { recipe, groups, cost, runs } of report.rows) {
      has(recipe);
      for (const group of ['open', 'truthfulness', 'arithmetic'] as const) {
        const { accuracy, belief, kinds, against } = groups[group] as GroupResult;
        has(measuredText(accuracy));
        // one kind alone is its group
        if (group !== 'arithmetic') for (const { correct } of Object.values(kinds)) has(percentText(correct));
        if (belief) has(percentText(belief.rumour));
        if (against) has(`${pairText(against)} ${signedText(leadOf(against))} %`);
      }
      for (const tokens of [cost.tokensTrained, cost.supervisedTokens, cost.tokensGenerated])
        has(sizeText(tokens));
      for (const seconds of [cost.trainSeconds, cost.generateSeconds]) has(durationText(seconds));
      has(count(cost.answers));
      has((cost.tokensGenerated / cost.answers).toFixed(1));
      for (const { folder, accuracy } of runs) {
        has(folder);
        has(percentText(accuracy.open));
      }
    }
  });

  it('draws each group with a bar for each recipe, its figures in the text alternative too', () => {
    const report = fixtureReport({ kinds: EIGHT_KINDS, targets: ['ko', 'zh', 'it', 'ar'] });
    const text = pageOf(report);
    for (const group of ['open', 'truthfulness', 'arithmetic'] as const) {
      const svg = text.match(new RegExp(`aria-labelledby="bars-${group}-title.*?</svg>`, 's'))?.[0] ?? '';
      assert.equal(svg.match(/class="bar"/g)?.length, 32, group);
      assert.equal(svg.match(/class="whisker"/g)?.length, 32, group);
      const description = svg.match(/<desc[^>]*>(.*?)<\/desc>/)?.[1] ?? '';
      for (const row of report.rows)
        assert.ok(
          description.includes(`${labelOf(row)} ${measuredText(accuracyOf(row, group))}`),
          row.recipe,
        );
    }
    assert.ok(Buffer.byteLength(text) < 500_000, `${Buffer.byteLength(text)} bytes`);
  });

  it('gives a recipe the same colour in each language', () => {
    const text = pageOf(fixtureReport({ kinds: ['mono-XX', 'plug-XX'], targets: ['ko', 'zh'] }));
    const colourOf = (recipe: string) =>
      text.match(new RegExp(`<g class="(c\\d)"><text[^>]*>${recipe}<`))?.[1];
    assert.equal(colourOf('plug-ko'), colourOf('plug-zh'));
    assert.notEqual(colourOf('plug-ko'), colourOf('mono-ko'));
  });

  it('draws lines over the points of a sweep, and bars for what is outside of it', () => {
    const sweep = { key: 'data.share', points: ['0.1', '0.5', '1'] };
    const report = fixtureReport({ kinds: ['mono-XX', 'plug-XX'], sweep });
    const text = pageOf(report);
    for (const group of ['open', 'truthfulness', 'arithmetic']) {
      const svg = text.match(new RegExp(`aria-labelledby="sweep-${group}-0-title.*?</svg>`, 's'))?.[0] ?? '';
      assert.equal(svg.match(/class="band"/g)?.length, 2, group);
      assert.match(svg, />data\.share, logarithmic</);
    }
    assert.doesNotMatch(text, /id="bars-/);
    const { point: _, ...outside } = { ...report.rows[0], recipe: 'untuned' };
    const bars = pageOf({ ...report, rows: [...report.rows, outside] }).match(
      /labelledby="bars-open.*?<\/svg>/s,
    )?.[0];
    assert.match(bars ?? '', />untuned</);
    assert.equal(bars?.match(/class="bar"/g)?.length, 1);
  });

  it('shows answers with their language, their direction and a verdict in words', () => {
    const report = fixtureReport({ targets: ['ar'] });
    const answers = [
      { recipe: 'a', answer: 'كاسول "معلمة"', correct: true },
      { recipe: 'b', answer: 'x', correct: false },
      { recipe: 'c', answer: ' ', correct: null },
    ];
    const text = pageOf({ ...report, samples: [{ ...report.samples[0], answers }] });
    assert.match(text, /<div class="asked"><p lang="ar" dir="auto">ما هي مهنة كاسول دوكي؟<\/p>/);
    assert.match(
      text,
      /a: <span class="verdict">✓ right<\/span><\/span><p lang="ar" dir="auto">كاسول &quot;معلمة&quot;<\/p>/,
    );
    assert.match(text, /b: <span class="verdict">✗ wrong<\/span>/);
    assert.match(text, /c: <span class="verdict">not judged<\/span><\/span><p class="empty">no answer<\/p>/);
  });

  it('says that a comparison is unfinished, and only then', () => {
    const report = fixtureReport();
    assert.match(pageOf({ ...report, done: 4 }), /4 of 6 runs are done/);
    assert.doesNotMatch(pageOf(report), /runs are done/);
  });

  it('escapes hostile texts wherever they stand', () => {
    const hostile = '</p></title></style><script>alert(1)</script>" onload="alert(2)\' &lt;';
    const sweep = { key: hostile, points: [hostile, `${hostile}2`] };
    const report = fixtureReport({ kinds: [hostile, `b${hostile}`], targets: [hostile], sweep });
    const rows = report.rows.map((row) => ({
      ...row,
      groups: {
        open: {
          ...(row.groups.open as GroupResult),
          kinds: { [hostile]: row.groups.open, b: row.groups.open },
        },
      },
      runs: row.runs.map((run) => ({ ...run, folder: hostile })),
    })) as ReportRow[];
    const samples = report.samples.map((sample) => ({ ...sample, instruction: hostile, reference: hostile }));
    const text = pageOf({ ...report, name: hostile, command: hostile, rows, samples });
    assertNone(text, /<script|" onload/);
  });

  it('works from an empty report, and from one row with nothing in it', () => {
    assert.deepEqual(headings(pageOf(empty)), []);
    assert.match(pageOf(empty), /No run has been evaluated yet/);
    const row = { recipe: 'plug-ko', method: 'plug', target: 'ko', pivot: 'en', runs: [], groups: {} };
    const bare = { ...empty, rows: [row as unknown as ReportRow] };
    assert.deepEqual(headings(pageOf(bare)), ['Summary']);
    pageOf(fixtureReport({ kinds: ['plug-XX'], seeds: [1] }));
  });

  it('has a dash or no section for what is missing or no number', () => {
    const report = fixtureReport();
    const lost = JSON.parse(JSON.stringify(report), (_, value) => (typeof value === 'number' ? null : value));
    pageOf({ ...lost, done: 1, total: 1 });
    const none = JSON.parse(JSON.stringify(report), (key, value) =>
      ['accuracy', 'against', 'belief', 'kinds', 'loss', 'cost'].includes(key) ? undefined : value,
    );
    const text = pageOf(none);
    assert.deepEqual(headings(text), ['Summary', 'Accuracy', 'Answers', 'Runs']);
    assert.doesNotMatch(text, /class="whisker"|Whiskers/);
    const [first, ...rest] = report.rows;
    const nan = {
      ...first,
      groups: { open: { ...(first.groups.open as GroupResult), correct: Number.NaN, accuracy: null } },
    };
    assert.match(plain(pageOf({ ...report, rows: [nan, ...rest] })), /mono-ko – – –/);
  });

  it('is the same text for the same report', () => {
    assert.equal(comparisonPage(fixtureReport()), comparisonPage(fixtureReport()));
  });
});
