/** Thinning loses no peak, smoothing is a mean. */
import assert from 'node:assert/strict';
import { every, type Point, smooth, thin } from '../../src/report/thin.ts';

/** 10,000 steps of a sine, with one spike up and one down, each a single step. */
const LONG = Array.from({ length: 10_000 }, (_, i): Point => [i + 1, Math.sin(i / 50)]).map(
  ([step, value]): Point => [step, step === 4321 ? 99 : step === 8765 ? -77 : value],
);

describe('thin', () => {
  it('keeps the highest and the lowest point', () => {
    const thinned = thin(LONG, 100);
    assert.ok(thinned.length <= 200, `${thinned.length} points`);
    assert.ok(
      thinned.some(([step, value]) => step === 4321 && value === 99),
      'the spike up',
    );
    assert.ok(
      thinned.some(([step, value]) => step === 8765 && value === -77),
      'the spike down',
    );
  });

  it('keeps the extremes of every stretch, in order', () => {
    const points: Point[] = [
      [1, 5],
      [2, 1],
      [3, 3],
      [4, 2],
      [5, 9],
      [6, 4],
    ];
    assert.deepEqual(thin(points, 2), [
      [1, 5],
      [2, 1],
      [4, 2],
      [5, 9],
    ]);
  });

  it('leaves few points alone', () => {
    const points: Point[] = [
      [1, 5],
      [2, 1],
      [3, 3],
    ];
    assert.deepEqual(thin(points, 2), points);
    assert.deepEqual(thin([], 2), []);
  });

  it('keeps one point of a flat stretch', () => {
    assert.deepEqual(
      thin(
        [
          [1, 2],
          [2, 2],
          [3, 2],
          [4, 2],
          [5, 2],
        ],
        1,
      ),
      [[1, 2]],
    );
  });
});

describe('every', () => {
  it('takes the last point, every so many before it, the lowest and the highest', () => {
    const points: Point[] = [
      [1, 5],
      [2, 9],
      [3, 5],
      [4, 5],
      [5, 1],
      [6, 5],
      [7, 5],
    ];
    assert.deepEqual(
      every(points, 4).map(([step]) => step),
      [2, 3, 5, 7],
    );
    assert.deepEqual(every(points, 1), points);
    assert.deepEqual(every([], 3), []);
  });
});

describe('smooth', () => {
  it('is the mean over the steps around, both sides alike at the start', () => {
    const points: Point[] = [
      [1, 10],
      [2, 4],
      [3, 1],
      [4, 1],
      [5, 7],
    ];
    assert.deepEqual(smooth(points, 1, 5), [
      [1, 10],
      [2, 5],
      [3, 2],
      [4, 3],
      [5, 4],
    ]);
  });

  it('without a window is the data', () => {
    const points: Point[] = [
      [1, 10],
      [2, 4],
      [3, 1],
    ];
    assert.deepEqual(smooth(points, 0, 3), points);
  });

  it('gives at most so many points, with both ends', () => {
    const means = smooth(LONG, 200, 50);
    assert.equal(means.length, 50);
    assert.deepEqual([means[0][0], means[49][0]], [1, 10_000]);
    assert.deepEqual(smooth([[7, 3]], 2, 50), [[7, 3]]);
    assert.deepEqual(smooth([], 2, 50), []);
  });
});
