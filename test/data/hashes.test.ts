import assert from 'node:assert/strict';
import { HashSet, rankOf } from '../../src/data/examples/hashes.ts';

describe('HashSet', () => {
  it('tells texts apart as a set does, through every growth', () => {
    const set = new HashSet();
    for (let i = 0; i < 20_000; i++) assert.equal(set.add(`row-${i}`), true, `row-${i} is new`);
    for (let i = 0; i < 20_000; i++) assert.equal(set.add(`row-${i}`), false, `row-${i} is there`);
    assert.equal(set.size, 20_000);
    assert.deepEqual([set.has('row-19999'), set.has('row-20000'), set.has('')], [true, false, false]);
  });
});

describe('rankOf', () => {
  it('is the same as ever, and follows from id and seed', () => {
    assert.notEqual(rankOf('질문', 42), rankOf('질문', 43));
    assert.equal(rankOf('row-1', 42), 222097821222946);
  });
});
