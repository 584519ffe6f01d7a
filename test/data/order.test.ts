import assert from 'node:assert/strict';
import { type OrderOptions, orderOf } from '../../src/data/batches/order.ts';

const lengthsOf = (count: number) => Int32Array.from({ length: count }, (_, i) => 2 + ((i * 7) % 19));
const orderOver = (count: number, options: Partial<OrderOptions> = {}, groups = new Int32Array(count)) =>
  orderOf({ count, lengths: lengthsOf(count), groups }, { seed: 7, packInto: null, mixing: 1, ...options });
const sorted = (rows: readonly (readonly number[])[]) => rows.flat().sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

for (const [name, packInto] of [
  ['one sequence a row', null],
  ['packed rows', 40],
] as const) {
  describe(`the order of ${name}`, () => {
    it('takes every sequence once an epoch, each epoch in an order of its own', () => {
      const order = orderOver(50, { packInto });
      const epochs = [0, 1, 2].map((epoch) => order.epochRows(epoch));
      for (const rows of epochs) assert.deepEqual(sorted(rows), upTo(50));
      assert.notDeepEqual(epochs[0], epochs[1]);
      assert.notDeepEqual(epochs[1], epochs[2]);
      assert.equal(epochs[0].length, epochs[2].length);
    });

    it('is the same from any place on, and in a new process', () => {
      const whole = orderOver(23, { packInto }).rows(0, 60);
      for (const from of [0, 5, 7, 13, 24, 59]) {
        assert.deepEqual(orderOver(23, { packInto }).rows(from, 60), whole.slice(from));
      }
    });

    it('follows the seed', () => {
      const of = (seed: number) => orderOver(50, { packInto, seed }).epochRows(0);
      assert.notDeepEqual(of(1), of(2));
      assert.deepEqual(of(1), of(1));
    });

    it('counts the passes', () => {
      const order = orderOver(50, { packInto });
      const rows = order.epochRows(0).length;
      assert.equal(order.epochsAt(rows), 1);
      assert.equal(order.epochsAt(2.5 * rows), 2.5);
    });
  });
}

describe('packed order', () => {
  it('fits each row, a sequence of n tokens taking n − 1 places', () => {
    const lengths = lengthsOf(50);
    const rows = orderOver(50, { packInto: 20 }).epochRows(0);
    assert.ok(rows.every((row) => row.reduce((sum, i) => sum + lengths[i] - 1, 0) <= 20));
    assert.ok(rows.some((row) => row.reduce((sum, i) => sum + lengths[i] - 1, 0) === 20));
  });

  it('puts other sequences together in another epoch', () => {
    const neighbours = (epoch: number) =>
      new Set(
        orderOver(50, { packInto: 40 })
          .epochRows(epoch)
          .map((row) => row.toSorted((a, b) => a - b).join()),
      );
    const [first, second] = [neighbours(0), neighbours(1)];
    assert.ok([...first].some((row) => !second.has(row)));
  });

  it('does not come by length, though packing goes by it', () => {
    const lengths = lengthsOf(400);
    const longest = orderOver(400, { packInto: 20 })
      .epochRows(0)
      .map((row) => Math.max(...row.map((i) => lengths[i])));
    const half = longest.length / 2;
    const mean = (some: number[]) => some.reduce((sum, length) => sum + length, 0) / some.length;
    assert.ok(Math.abs(mean(longest.slice(0, half)) - mean(longest.slice(half))) < 1);
  });
});

describe('a mixture', () => {
  const groups = Int32Array.from({ length: 100 }, (_, i) => (i < 80 ? 0 : i < 96 ? 1 : 2)); // 80, 16 and 4
  const counts = (mixing: number, epoch = 0) => {
    const rows = orderOver(100, { mixing }, groups).epochRows(epoch).flat();
    return [0, 1, 2].map((group) => rows.filter((i) => groups[i] === group).length);
  };

  it('sees a language in proportion to its size to the power asked', () => {
    assert.deepEqual(counts(1), [80, 16, 4]);
    assert.deepEqual(counts(0), [80, 80, 80]);
    assert.deepEqual(counts(0.5), [80, Math.round(80 * Math.sqrt(0.2)), Math.round(80 * Math.sqrt(0.05))]);
  });

  it('repeats all of a language before any a second time more, others in other passes', () => {
    const order = orderOver(100, { mixing: 0.5 }, groups);
    const seen = (epoch: number) => {
      const times = new Int32Array(100);
      for (const i of order.epochRows(epoch).flat()) times[i] += 1;
      return times;
    };
    const second = seen(0).slice(80, 96);
    assert.deepEqual([Math.min(...second), Math.max(...second)], [2, 3]);
    assert.notDeepEqual(seen(0).slice(80, 96), seen(1).slice(80, 96));
  });

  it('is the same from any place on, also when packed', () => {
    const order = () => orderOver(100, { mixing: 0.5, packInto: 40 }, groups);
    const whole = order().rows(0, 150);
    for (const from of [0, 31, 77, 149]) assert.deepEqual(order().rows(from, 150), whole.slice(from));
    const rows = order().epochRows(0).length + order().epochRows(1).length;
    assert.equal(order().epochsAt(rows), 2);
  });
});
