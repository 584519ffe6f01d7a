import assert from 'node:assert/strict';
import { hashShare, isHeldOut, splitValidation } from '../../src/data/load.ts';
import type { Example } from '../../src/methods/parts/example.ts';

describe('splitValidation', () => {
  const make = (count: number): Example[] =>
    Array.from({ length: count }, (_, i) => ({ id: `row-${i}`, turns: { ko: [] } }));
  const ids = (examples: Example[]) => examples.map(({ id }) => id);

  it('holds out about the share, each example on one side, in order', () => {
    const examples = make(10_000);
    const { train, validation } = splitValidation(examples, 0.05);
    assert.ok(Math.abs(validation.length - 500) < 80, String(validation.length));
    assert.equal(train.length + validation.length, 10_000);
    const held = new Set(ids(validation));
    assert.deepEqual(ids(train), ids(examples.filter(({ id }) => !held.has(id))));
  });

  it('follows from the ids alone', () => {
    const examples = make(1000);
    const held = ids(splitValidation(examples, 0.1).validation);
    assert.deepEqual(ids(splitValidation([...examples].reverse(), 0.1).validation).reverse(), held);
    const more = ids(splitValidation(make(2000), 0.1).validation);
    assert.deepEqual(
      more.filter((id) => Number(id.slice(4)) < 1000),
      held,
    );
  });

  it('holds out the same ids as ever', () => {
    assert.deepEqual(ids(splitValidation(make(40), 0.1).validation), ['row-23', 'row-29', 'row-35']);
    assert.equal(hashShare('질문'), 0.4702174160629511);
  });

  it('leaves at least one on each side, where it can', () => {
    for (let count = 2; count < 60; count++) {
      for (const share of [1e-9, 0.02, 0.499]) {
        const { train, validation } = splitValidation(make(count), share);
        assert.ok(train.length > 0 && validation.length > 0, `${count} examples, share ${share}`);
      }
    }
    const low = make(30).filter(({ id }) => hashShare(id) < 0.1);
    assert.equal(low.length, 2, 'both would be held out');
    assert.equal(splitValidation(low, 0.4).train.length, 1);
    assert.deepEqual(splitValidation(make(1), 0.4), { train: make(1), validation: [] });
    assert.deepEqual(splitValidation([], 0.4), { train: [], validation: [] });
  });

  it('holds out nothing at share 0', () => {
    assert.deepEqual(splitValidation(make(5), 0), { train: make(5), validation: [] });
  });

  it('says of an id alone whether it is held out', () => {
    const held = make(40).filter(({ id }) => isHeldOut(id, 0.1));
    assert.deepEqual(ids(held), ['row-23', 'row-29', 'row-35']);
    assert.equal(make(40).filter(({ id }) => isHeldOut(id, 0)).length, 0);
  });
});
