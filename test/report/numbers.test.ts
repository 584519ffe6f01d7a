/** Numbers as they are read. */
import assert from 'node:assert/strict';
import {
  count,
  durationText,
  lossText,
  median,
  sizeText,
  tickTexts,
  valueText,
} from '../../src/report/numbers.ts';

describe('numbers of a report', () => {
  it('are written as a person reads them', () => {
    assert.deepEqual([0, 1266, 211_787].map(count), ['0', '1,266', '211,787']);
    assert.deepEqual([1.22831, 0.06, 0.00051, 0.000035, 0].map(lossText), [
      '1.2283',
      '0.0600',
      '5.1e−4',
      '3.5e−5',
      '0.0000',
    ]);
    assert.deepEqual([812, 999_900, 1_114_240, 12_340_000, 7.2e9].map(sizeText), [
      '812',
      '1 M',
      '1.1 M',
      '12.3 M',
      '7.2 B',
    ]);
    assert.deepEqual([4.26, 60, 331, 8050].map(durationText), [
      '4.3 s',
      '1 min 0 s',
      '5 min 31 s',
      '2 h 14 min',
    ]);
    assert.deepEqual([0.002, 5e-6, -0.5].map(valueText), ['0.002', '5e−6', '−0.5']);
  });

  it('on one axis all have an exponent or none has', () => {
    assert.deepEqual(tickTexts([0, 0.0005, 0.001], 6), ['0', '0.0005', '0.001']);
    assert.deepEqual(tickTexts([0, 0.00005, 0.0001], 6), ['0', '5e−5', '1e−4']);
    assert.deepEqual(tickTexts([0, 20_000, 100_000], 9), ['0', '20,000', '100,000']);
  });

  it('are a dash where there is none', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.deepEqual(
        [count, lossText, sizeText, durationText, valueText].map((write) => write(value)),
        Array(5).fill('–'),
      );
    }
    assert.equal(count(undefined), '–');
  });

  it('have a middle', () => {
    assert.equal(median([3, 1, 100]), 3);
    assert.equal(median([4, 1, 2, 100]), 3);
    assert.equal(median([Number.NaN, 5]), 5);
    assert.ok(Number.isNaN(median([])));
  });
});
