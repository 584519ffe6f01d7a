/** Charts of a comparison as images: whole documents that need no page around them. */
import assert from 'node:assert/strict';
import { comparisonCharts } from '../../src/compare/charts.ts';
import { assertBalanced, assertNone, assertNumbersFinite } from '../report/support.ts';
import { EIGHT_KINDS, fixtureReport } from './fixture.ts';

const titles = (report = fixtureReport()) => comparisonCharts(report).map(({ title }) => title);

describe('comparisonCharts', () => {
  it('draws accuracy and pairs by group, and the loss, each once', () => {
    assert.deepEqual(titles(), [
      'Accuracy: open questions',
      'Accuracy: truthfulness',
      'Accuracy: arithmetic',
      'Won, tied and lost against mono-ko: open questions',
      'Won, tied and lost against mono-ko: truthfulness',
      'Won, tied and lost against mono-ko: arithmetic',
      'Training loss: Korean',
    ]);
  });

  it('makes whole documents that ask for nothing, with their title and style in them', () => {
    const sweep = { key: 'data.share', points: ['0.1', '0.5', '1'] };
    const reports = [fixtureReport(), fixtureReport({ sweep }), fixtureReport({ kinds: EIGHT_KINDS })];
    for (const { title, svg } of reports.flatMap(comparisonCharts)) {
      assertBalanced(svg);
      assertNumbersFinite(svg);
      assert.match(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 [\d.]+ [\d.]+" width=/);
      assertNone(svg.slice(svg.indexOf('>')), /<script|<image|@import|url\(|href=|https?:/);
      assert.ok(svg.includes(`>${title}</text>`), title);
      const used = [...svg.matchAll(/var\((--\w+)\)/g)].map(([, name]) => name);
      for (const name of used) assert.ok(svg.includes(`${name}:`), `${title}: no ${name}`);
    }
  });

  it('has a legend of every series, above the drawing and within the image', () => {
    const report = fixtureReport({ kinds: EIGHT_KINDS });
    const { svg } = comparisonCharts(report).at(-1) as { svg: string };
    const places = report.rows.map(({ recipe }) => {
      const found = new RegExp(`translate\\(12,([\\d.]+)\\)">(?:(?!translate).)*>${recipe}</text>`, 's').exec(
        svg,
      );
      return Number(found?.[1]);
    });
    const [, top, height] = /<svg x="12" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"/.exec(svg) ?? [];
    assert.ok(
      places.every((y, i) => i === 0 || y > places[i - 1]),
      String(places),
    );
    assert.ok((places.at(-1) as number) < Number(top));
    const [, whole] = /viewBox="0 0 [\d.]+ ([\d.]+)"/.exec(svg) ?? [];
    assert.equal(Number(whole), Number(top) + Number(height) + 12);
  });

  it('has none for a report of nothing', () => {
    assert.deepEqual(titles({ ...fixtureReport(), rows: [] }), []);
  });

  it('escapes names', () => {
    const report = fixtureReport();
    report.rows[0].recipe = '</text><script>';
    for (const { svg } of comparisonCharts(report)) assertNone(svg, /<script/);
  });
});
