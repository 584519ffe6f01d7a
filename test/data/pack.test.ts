import assert from 'node:assert/strict';
import { packRows } from '../../src/data/batches/pack.ts';
import { parkMiller } from '../support/tiny.ts';

describe('packRows', () => {
  it('fills the row that an item fits best', () => {
    // 6 leaves 4, 7 leaves 3: the 3 goes to the 7, the 4 to the 6, though either row would take the 3.
    assert.deepEqual(packRows([6, 7, 3, 4], 10), [
      [1, 2],
      [0, 3],
    ]);
  });

  it('takes the longest first', () => {
    assert.deepEqual(packRows([2, 8, 5, 5], 10), [
      [1, 0],
      [2, 3],
    ]);
  });

  it('holds each item once and no row too much, whatever the sizes', () => {
    const random = parkMiller(5);
    for (const capacity of [1, 2, 7, 16, 100, 1023, 4096]) {
      const sizes = Array.from({ length: 500 }, () => 1 + Math.floor(random() ** 2 * capacity));
      const rows = packRows(sizes, capacity);
      assert.deepEqual(
        rows.flat().sort((a, b) => a - b),
        sizes.map((_, i) => i),
      );
      const loads = rows.map((row) => row.reduce((sum, i) => sum + sizes[i], 0));
      assert.ok(loads.every((load) => load <= capacity));
      // No two rows could be one: best fit never opens a row where an item fits.
      const [least, second] = loads.toSorted((a, b) => a - b);
      assert.ok(rows.length === 1 || least + second > capacity, `capacity ${capacity}`);
    }
  });

  it('gives as many rows for any order of the items', () => {
    const sizes = Array.from({ length: 300 }, (_, i) => 1 + ((i * 37) % 90));
    assert.equal(packRows(sizes, 128).length, packRows(sizes.toReversed(), 128).length);
  });

  it('fills nearly all places with items of many sizes', () => {
    const random = parkMiller(9);
    const sizes = Array.from({ length: 2000 }, () => 20 + Math.floor(random() * 300));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    assert.ok(total / (packRows(sizes, 1024).length * 1024) > 0.98);
  });

  it('is quick with many items', () => {
    const random = parkMiller(3);
    const sizes = Array.from({ length: 200_000 }, () => 1 + Math.floor(random() * 4000));
    const start = performance.now();
    packRows(sizes, 4096);
    assert.ok(performance.now() - start < 5000);
  });

  it('refuses an item that no row can hold', () => {
    assert.throws(() => packRows([3, 11], 10), /at most 10 tokens a sequence, got 11/);
  });
});
