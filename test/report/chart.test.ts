/** Charts: every curve drawn, drawings that any XML reader takes, no number that is none. */
import assert from 'node:assert/strict';
import { type ChartSpec, chart } from '../../src/report/chart.ts';
import type { Point } from '../../src/report/thin.ts';
import { assertBalanced, assertNumbersFinite } from './support.ts';

const draw = (spec: Partial<ChartSpec>) =>
  chart({
    id: 'loss',
    title: 'Loss',
    description: 'Loss by step',
    yLabel: 'loss, nats a token',
    width: 400,
    height: 240,
    series: [],
    ...spec,
  }).text;

/** Places of a path's points: `M52,26L100,40` to [[52, 26], [100, 40]]. */
const placesOf = (path: string) =>
  path
    .slice(1)
    .split('L')
    .map((place) => place.split(',').map(Number));
const pathOf = (svg: string, className: string) =>
  svg.match(new RegExp(`class="${className}" d="([^"]*)"`))?.[1] ?? '';

describe('chart', () => {
  it('draws a faint line, a mean and marks for each series, in its colour', () => {
    const points: Point[] = [
      [1, 3],
      [2, 2],
      [3, 1],
    ];
    const svg = draw({
      series: [
        { className: 'c0', points, marks: [[3, 1.5]], shape: 0 },
        { className: 'c2', points, marks: [[3, 2.5]], shape: 1 },
      ],
    });
    for (const className of ['c0', 'c2']) {
      assert.match(
        svg,
        new RegExp(`<g class="${className}"><path class="raw" d="M[^"]+"/><path class="mean" d="M[^"]+"/>`),
      );
      assert.match(svg, new RegExp(`<path class="${className} mark" d="M[^"]+"/>`));
    }
    assertBalanced(svg);
    assertNumbersFinite(svg);
  });

  it('puts higher values higher and later steps further right', () => {
    const svg = draw({
      series: [
        {
          className: 'c0',
          points: [
            [1, 3],
            [2, 2],
            [3, 2.5],
          ],
        },
      ],
    });
    const [[x1, y1], [x2, y2], [x3, y3]] = placesOf(pathOf(svg, 'raw'));
    assert.ok(x1 < x2 && x2 < x3, `x: ${x1} ${x2} ${x3}`);
    assert.ok(y1 < y3 && y3 < y2, `y, from above: ${y1} ${y3} ${y2}`);
  });

  it('leaves out what is not finite', () => {
    const points: Point[] = [
      [1, 3],
      [2, Number.NaN],
      [3, Number.POSITIVE_INFINITY],
      [Number.NaN, 1],
      [4, 2],
    ];
    const svg = draw({ series: [{ className: 'c0', points, marks: points }] });
    assert.equal(placesOf(pathOf(svg, 'raw')).length, 2);
    assertNumbersFinite(svg);
  });

  it('draws one step as a dot, and no step as empty axes', () => {
    const one = draw({ series: [{ className: 'c0', points: [[1, 3]] }] });
    assert.match(pathOf(one, 'mean dot'), /^M[\d.]+,[\d.]+h0$/);
    for (const svg of [one, draw({}), draw({ series: [{ className: 'c0', points: [] }] })]) {
      assertBalanced(svg);
      assertNumbersFinite(svg);
    }
  });

  it('draws values below the floor of a logarithmic axis at its lower end', () => {
    const points: Point[] = [
      [1, 5],
      [2, 0.5],
      [3, 0.00001],
      [4, 0],
    ];
    const svg = draw({ series: [{ className: 'c0', points }], scale: { floor: 0.001 } });
    const heights = placesOf(pathOf(svg, 'raw')).map(([, y]) => y);
    assert.match(svg, /logarithmic/);
    assert.equal(heights[2], 240 - 24);
    assert.equal(heights[3], 240 - 24);
    assert.ok(heights[0] < heights[1] && heights[1] < heights[2]);
  });

  it('names itself, with texts that cannot break out', () => {
    const svg = draw({ title: '</title><script>alert(1)</script>', description: 'a & b' });
    assert.match(svg, /<title id="loss-title">&lt;\/title&gt;&lt;script&gt;/);
    assert.match(svg, /<desc id="loss-desc">a &amp; b<\/desc>/);
    assert.match(svg, /role="img" aria-labelledby="loss-title loss-desc"/);
    assert.doesNotMatch(svg, /<script/);
  });
});
