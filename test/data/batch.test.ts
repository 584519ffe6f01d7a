import assert from 'node:assert/strict';
import { makeBatch } from '../../src/data/batches/batch.ts';

const encoded = (id: string, ids: number[], spans: number[]) => ({
  ...{ id, ids: Int32Array.from(ids), spans: Int8Array.from(spans) },
});
const long = encoded('long', [5, 6, 7, 8, 1], [-1, -1, 1, 2, 3]);
const short = encoded('short', [9, 4, 1], [-1, 0, 3]);

describe('makeBatch', () => {
  const batch = makeBatch([[long], [short]], 1, { maxSeqLen: 64 });
  const row = (values: ArrayLike<number>, at: number) =>
    Array.from(values).slice(at * batch.seq, at * batch.seq + 5);

  it('shifts targets by one, and the mask with them', () => {
    assert.deepEqual(row(batch.tokens, 0), [5, 6, 7, 8, 1]);
    assert.deepEqual(row(batch.targets, 0), [6, 7, 8, 1, 1]);
    assert.deepEqual(row(batch.spans, 0), [-1, 1, 2, 3, -1]);
    assert.deepEqual(row(batch.targets, 1).slice(0, 2), [4, 1]);
    assert.deepEqual(row(batch.spans, 1), [0, 3, -1, -1, -1]);
  });

  it('marks padding as no document, never by its id', () => {
    assert.deepEqual(row(batch.documents, 0), [0, 0, 0, 0, -1]);
    assert.deepEqual(row(batch.positions, 0), [0, 1, 2, 3, 0]);
    assert.deepEqual([batch.tokenCount, batch.supervisedCount], [6, 5]);
    assert.equal(batch.seq, 16);
  });

  it('rounds rows up, but not over what the model reads', () => {
    const one = [[encoded('x', new Array(20).fill(0), new Array(20).fill(0))]];
    assert.equal(makeBatch(one, 0, { maxSeqLen: 64 }).seq, 32);
    assert.equal(makeBatch(one, 0, { maxSeqLen: 20 }).seq, 20);
  });

  it('puts documents one behind the other, their positions from 0, no target across', () => {
    const packed = makeBatch([[long, short], [short]], 0, { maxSeqLen: 8, seq: 8 });
    const first = (values: ArrayLike<number>) => Array.from(values).slice(0, 8);
    assert.deepEqual(first(packed.tokens), [5, 6, 7, 8, 9, 4, 0, 0]);
    assert.deepEqual(first(packed.targets), [6, 7, 8, 1, 4, 1, 0, 0]);
    assert.deepEqual(first(packed.spans), [-1, 1, 2, 3, 0, 3, -1, -1]);
    assert.deepEqual(first(packed.positions), [0, 1, 2, 3, 0, 1, 0, 0]);
    assert.deepEqual(first(packed.documents), [0, 0, 0, 0, 1, 1, -1, -1]);
    assert.deepEqual([packed.batch, packed.seq, packed.tokenCount, packed.supervisedCount], [2, 8, 8, 7]);
    assert.deepEqual(packed.exampleIds, ['long', 'short', 'short']);
  });

  it('refuses a row that is too full, naming the example', () => {
    assert.throws(() => makeBatch([[long, short]], 0, { maxSeqLen: 5, seq: 5 }), /^RangeError: short: .* 5 /);
  });
});
