/** Axes: round ticks inside the ends, and places that grow with the values. */
import assert from 'node:assert/strict';
import { logTicks, niceTicks, stepScale, valueScale } from '../../src/report/scale.ts';

describe('niceTicks', () => {
  it('are round numbers within the ends', () => {
    assert.deepEqual(niceTicks(0, 1266, 7), [0, 200, 400, 600, 800, 1000, 1200]);
    assert.deepEqual(niceTicks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
    assert.deepEqual(niceTicks(0.93, 1.37, 5), [1, 1.1, 1.2, 1.3]);
    assert.deepEqual(niceTicks(-3, 3, 3), [-2, 0, 2]);
  });

  it('carry no binary dust', () => {
    assert.deepEqual(niceTicks(0, 0.3, 3), [0, 0.1, 0.2, 0.3]);
    assert.deepEqual(niceTicks(0, 5e-6, 5), [0, 1e-6, 2e-6, 3e-6, 4e-6, 5e-6]);
  });

  it('are one where there is no span', () => {
    assert.deepEqual(niceTicks(2, 2, 5), [2]);
  });
});

describe('logTicks', () => {
  it('are powers of ten, with 2 and 5, or 3, where there is room', () => {
    assert.deepEqual(logTicks(0.001, 10, 8), [0.001, 0.01, 0.1, 1, 10]);
    assert.deepEqual(logTicks(0.2, 5, 8), [0.2, 0.5, 1, 2, 5]);
    assert.deepEqual(logTicks(0.1, 50, 6), [0.1, 0.3, 1, 3, 10, 30]);
  });

  it('skip powers where they are many', () => {
    assert.deepEqual(logTicks(1e-8, 1, 5), [1e-8, 1e-6, 1e-4, 0.01, 1]);
  });
});

describe('valueScale', () => {
  it('is linear for values of one order, and ends at round numbers', () => {
    const { kind, min, max, ticks } = valueScale([1.43, 0.94], { most: 6 });
    assert.deepEqual({ kind, min, max }, { kind: 'linear', min: 0.9, max: 1.5 });
    assert.deepEqual(ticks, [0.9, 1, 1.1, 1.2, 1.3, 1.4, 1.5]);
  });

  it('is logarithmic over orders of magnitude, from the floor up', () => {
    const { kind, min, max } = valueScale([7.6, 0.3, 0.00002], { most: 8, floor: 0.001 });
    assert.deepEqual({ kind, min, max }, { kind: 'log', min: 0.001, max: 10 });
    assert.equal(valueScale([7.6, 0, 3], { most: 8 }).kind, 'linear', 'zero has no place without a floor');
  });

  it('begins at 0 when told to', () => {
    const { kind, min } = valueScale([0.00005, 0.002], { most: 4, fromZero: true });
    assert.deepEqual({ kind, min }, { kind: 'linear', min: 0 });
  });

  it('places values between 0 and 1, in order, and the outside at the ends', () => {
    for (const values of [[1, 2], [0.001, 10], [3], [0], [-5], [0, 0.00001]]) {
      const scale = valueScale(values, { most: 5 });
      const places = [...values].sort((a, b) => a - b).map(scale.place);
      assert.ok(
        places.every((place) => place >= 0 && place <= 1),
        `${values}: ${places}`,
      );
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
      assert.ok(new Set(places).size === new Set(values).size, `${values}: ${places}`);
      assert.deepEqual([scale.place(scale.min - 1), scale.place(scale.max + 1)], [0, 1]);
    }
  });

  it('gives an axis even to no values', () => {
    assert.deepEqual(valueScale([], { most: 5 }).ticks, [0, 1]);
  });
});

describe('stepScale', () => {
  it('has whole steps alone', () => {
    assert.deepEqual(stepScale(1, 8).ticks, [0, 1]);
    assert.deepEqual(stepScale(3, 8).ticks, [0, 1, 2, 3]);
    assert.deepEqual(stepScale(100_000, 6).ticks, [0, 20_000, 40_000, 60_000, 80_000, 100_000]);
  });
});
