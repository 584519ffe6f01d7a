import assert from 'node:assert/strict';
import { type Measured, median, ratiosOf, rowsOf } from '../../src/bench/figures.ts';

const measured = (tokensPerSecond: number, more: Partial<Measured> = {}): Measured => ({
  tokensPerSecond,
  peakMemoryBytes: 1000,
  firstStepMs: 10,
  losses: [8, 7],
  ...more,
});

describe('median', () => {
  it('is the middle one, or between the two in the middle', () => {
    assert.equal(median([3]), 3);
    assert.equal(median([10, 1, 2]), 2);
    assert.equal(median([4, 1, 3, 100]), 3.5);
  });

  it('leaves its argument as it was', () => {
    const values = [3, 1, 2];
    median(values);
    assert.deepEqual(values, [3, 1, 2]);
  });
});

describe('rowsOf', () => {
  it('takes the median of each number by itself', () => {
    const rounds = new Map([
      [
        'ours',
        [
          measured(100, { peakMemoryBytes: 5, firstStepMs: 30 }),
          measured(300, { peakMemoryBytes: 7, firstStepMs: 10 }),
          measured(200, { peakMemoryBytes: 6, firstStepMs: 20 }),
        ],
      ],
    ]);
    assert.deepEqual(rowsOf(rounds), [
      { name: 'ours', tokensPerSecond: 200, peakMemoryBytes: 6, firstStepMs: 20, losses: [8, 7] },
    ]);
  });

  it('has supervised tokens only where they were counted', () => {
    const rounds = new Map([
      ['text', [measured(100, { supervisedTokensPerSecond: 60 })]],
      ['random', [measured(100)]],
    ]);
    assert.deepEqual(
      rowsOf(rounds).map((row) => row.supervisedTokensPerSecond),
      [60, undefined],
    );
  });
});

describe('ratiosOf', () => {
  it('is above 1 where ours is faster: the median of ours over the median of theirs', () => {
    const rounds = new Map([
      ['ours', [measured(10), measured(30), measured(1000)]],
      ['theirs', [measured(20), measured(1), measured(20)]],
    ]);
    assert.deepEqual(ratiosOf(rounds, [{ ours: 'ours', theirs: 'theirs' }]), [
      { name: 'ours / theirs', ratio: 1.5, rounds: 3 },
    ]);
  });

  it('compares supervised tokens where they were counted', () => {
    const rounds = new Map([
      ['packed', [measured(100, { supervisedTokensPerSecond: 90 })]],
      ['padded', [measured(100, { supervisedTokensPerSecond: 45 })]],
    ]);
    assert.equal(ratiosOf(rounds, [{ ours: 'packed', theirs: 'padded' }])[0].ratio, 2);
  });

  it('leaves out a pair of which one was not measured', () => {
    assert.deepEqual(ratiosOf(new Map([['ours', [measured(1)]]]), [{ ours: 'ours', theirs: 'other' }]), []);
  });
});
