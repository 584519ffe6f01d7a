/** The drawings of a comparison: places and lengths that follow the values, and XML that any reader takes. */
import assert from 'node:assert/strict';
import { accuracyBars, axisEnd, type BarsSpec, pairBars } from '../../src/compare/bars.ts';
import { meanLoss } from '../../src/compare/losses.ts';
import type { Measured } from '../../src/compare/rows.ts';
import { placesOf, type SweepSpec, sweepChart } from '../../src/compare/sweepChart.ts';
import { assertBalanced, assertNumbersFinite } from '../report/support.ts';

const bar = (label: string, value: Measured | null) => ({ label, text: 'figure', className: 'c0', value });
const bars = (...values: (Measured | null)[]): BarsSpec<Measured> => ({
  ...{ id: 'bars', title: 'Accuracy', description: 'a 40 %' },
  sections: [{ bars: values.map((value, i) => bar(`recipe-${i}`, value)) }],
});
/** Starts and ends of the bars of a class, in pixels. */
const spans = (svg: string, className: string) =>
  [...svg.matchAll(new RegExp(`class="${className}" d="M([\\d.]+),[\\d.]+H([\\d.]+)`, 'g'))].map(
    ([, a, b]) => [Number(a), Number(b)],
  );
const whole = (svg: string) => {
  assertBalanced(svg);
  assertNumbersFinite(svg);
  return svg;
};

describe('accuracyBars', () => {
  it('draws lengths in proportion, from one start', () => {
    const svg = whole(accuracyBars(bars({ mean: 0.2 }, { mean: 0.4 }, { mean: 0 })).text);
    const [first, second, third] = spans(svg, 'bar');
    assert.ok(first[0] === second[0] && second[0] === third[0]);
    assert.ok(Math.abs(second[1] - second[0] - 2 * (first[1] - first[0])) < 0.2);
    assert.equal(third[1], third[0]);
  });

  it('draws a whisker round the end of the bar where there is an interval, and none where there is none', () => {
    const svg = whole(accuracyBars(bars({ mean: 0.5, low: 0.4, high: 0.6 }, { mean: 0.5 })).text);
    const [[low, high], ...more] = spans(svg, 'whisker');
    const [[, end]] = spans(svg, 'bar');
    assert.ok(low < end && end < high, `${low} ${end} ${high}`);
    assert.deepEqual(more, []);
  });

  it('has an axis that holds the ends of the whiskers', () => {
    assert.deepEqual([[], [0.03], [0.2], [0.21], [0.81], [1], [Number.NaN]].map(axisEnd), [
      ...[0.1, 0.1, 0.2, 0.4, 1, 1, 0.1],
    ]);
    const svg = accuracyBars(bars({ mean: 0.39, low: 0.3, high: 0.5 })).text;
    assert.match(svg, />60 %<\/text>\s*<\/svg>/);
  });

  it('is whole with 32 bars, with none, and with a bar of no value', () => {
    const many = Array.from({ length: 32 }, (_, i) => ({ mean: i / 32, low: i / 40, high: i / 31 }));
    assert.equal(spans(whole(accuracyBars(bars(...many)).text), 'bar').length, 32);
    assert.equal(spans(whole(accuracyBars(bars()).text), 'bar').length, 0);
    assert.equal(spans(whole(accuracyBars(bars(null)).text), 'bar').length, 0);
  });

  it('names itself and its bars with texts that cannot break out', () => {
    const hostile = '</text></title><script>alert("1")</script>';
    const spec = bars({ mean: 0.5 });
    const svg = whole(
      accuracyBars({
        ...spec,
        title: hostile,
        description: hostile,
        sections: [{ title: hostile, bars: [bar(hostile, null)] }],
      }).text,
    );
    assert.doesNotMatch(svg, /<script/);
    assert.match(svg, /role="img" aria-labelledby="bars-title bars-desc"/);
  });
});

describe('pairBars', () => {
  const pairs = (win: number, tie: number, loss: number) =>
    whole(
      pairBars({
        ...{ id: 'pairs', title: 'Pairs', description: 'a' },
        sections: [
          {
            bars: [
              { label: 'a', text: '', className: 'c0', value: { win, tie, loss, rows: win + tie + loss } },
            ],
          },
        ],
      }).text,
    );

  it('fills the width with wins, ties and losses in proportion', () => {
    const svg = pairs(60, 30, 10);
    const [win, tie, loss] = ['win', 'tie', 'loss'].map((name) => spans(svg, `bar ${name}`)[0]);
    assert.deepEqual([win[1], tie[1]], [tie[0], loss[0]]);
    const width = loss[1] - win[0];
    assert.ok(Math.abs((win[1] - win[0]) / width - 0.6) < 0.001);
    assert.ok(Math.abs((loss[1] - loss[0]) / width - 0.1) < 0.001);
  });

  it('draws nothing for what did not happen', () => {
    assert.doesNotMatch(pairs(5, 0, 0), /bar (tie|loss)/);
    assert.doesNotMatch(pairs(0, 0, 0), /class="bar/);
  });
});

describe('placesOf', () => {
  it('is logarithmic for numbers over more than a factor of 4', () => {
    const { kind, places } = placesOf(['1', '100', '10']);
    assert.equal(kind, 'log');
    assert.deepEqual(
      places.map((place) => Number(place.toFixed(9))),
      [0, 1, 0.5],
    );
    assert.equal(placesOf(['1e-5', '1e-4']).kind, 'log');
  });

  it('is one beside the other for all else', () => {
    for (const points of [
      ['1', '2', '4'],
      ['en', 'es', '10'],
      ['0', '1', '10'],
      ['-1', '9', '99'],
      ['1', '', '10'],
      ['1', 'Infinity', '2'],
    ])
      assert.deepEqual(placesOf(points), { kind: 'categories', places: [0, 0.5, 1] }, points.join());
    assert.deepEqual(placesOf(['en']).places, [0.5]);
    assert.deepEqual(placesOf([]).places, []);
  });
});

describe('sweepChart', () => {
  const draw = (spec: Partial<SweepSpec>) =>
    whole(
      sweepChart({
        ...{
          id: 'sweep',
          title: 'accuracy',
          description: 'a',
          xLabel: 'data.share',
          points: ['1', '10', '100'],
        },
        ...{ series: [], ...spec },
      }).text,
    );
  const series = (...values: (Measured | null)[]) => [{ className: 'c0', shape: 0, values }];

  it('has every point, the key and its kind of axis', () => {
    const svg = draw({ series: series({ mean: 0.2 }, { mean: 0.4 }, { mean: 0.3 }) });
    for (const text of ['1', '10', '100', 'data.share, logarithmic'])
      assert.ok(svg.includes(`>${text}</text>`), text);
    assert.ok(
      draw({ points: ['en', 'es'], series: series({ mean: 1 }, { mean: 0 }) }).includes('>data.share</text>'),
    );
  });

  it('runs from left to right whatever the order of the numbers, and breaks where there is no value', () => {
    const [, line] = draw({
      points: ['100', '1', '10'],
      series: series({ mean: 0.1 }, { mean: 0.2 }, { mean: 0.3 }),
    }).match(/class="mean" d="M([^"]*)"/) as RegExpMatchArray;
    const xs = line.split('L').map((place) => Number(place.split(',')[0]));
    assert.deepEqual(
      xs,
      [...xs].sort((a, b) => a - b),
    );
    assert.equal(xs.length, 3);
    const broken = draw({ series: series({ mean: 0.1 }, null, { mean: 0.3 }) });
    assert.match(broken, /class="mean" d="M[\d.,]+M[\d.,]+"/);
  });

  it('has a band from the low to the high ends, and none without intervals to stand in', () => {
    const svg = draw({
      series: series({ mean: 0.2, low: 0.1, high: 0.3 }, { mean: 0.4, low: 0.3, high: 0.5 }, null),
    });
    const [, band] = svg.match(/class="band" d="M([^"]*)z"/) as RegExpMatchArray;
    const heights = band.split('L').map((place) => Number(place.split(',')[1]));
    const [line] = (svg.match(/class="mean" d="M([^"]*)"/) as RegExpMatchArray)[1].split('L');
    const mean = Number(line.split(',')[1]);
    assert.ok(heights[0] < mean && mean < heights[3], `${heights} ${mean}`);
  });

  it('is whole with no series, no value, no point, and labels too long for it', () => {
    draw({});
    draw({ series: series(null, null, null) });
    draw({ points: [], series: series() });
    const points = Array.from({ length: 30 }, (_, i) => `<datasets & "${i}">/한국어.jsonl`);
    const svg = draw({ points, series: series(...points.map(() => ({ mean: 0.5, low: 0.4, high: 0.6 }))) });
    assert.ok((svg.match(/class="middle"/g)?.length ?? 0) < 30);
  });
});

describe('meanLoss', () => {
  const run = (loss: [number, number][]) => ({ seed: 1, folder: '', accuracy: {}, loss });

  it('is the mean at every step that one run has and all have reached', () => {
    const runs = [
      run([
        [0, 4],
        [10, 2],
        [20, 1],
      ]),
      run([
        [0, 6],
        [5, 4],
        [10, 2],
      ]),
    ];
    assert.deepEqual(meanLoss(runs), [
      [0, 5],
      [5, 3.5],
      [10, 2],
    ]);
  });

  it('is the curve itself for one run, and leaves out what is not finite', () => {
    const loss: [number, number][] = [
      [1, 3],
      [2, Number.NaN],
      [3, 1],
    ];
    assert.deepEqual(meanLoss([run(loss)]), [
      [1, 3],
      [3, 1],
    ]);
    assert.deepEqual(meanLoss([run(loss), run([])]).length, 2);
    assert.deepEqual(meanLoss([]), []);
  });
});
