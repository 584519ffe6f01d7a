import assert from 'node:assert/strict';
import { splitOf } from '../../src/data/split.ts';
import { hashShare } from '../../src/hash.ts';

describe('splitOf', () => {
  const make = (count: number) => Array.from({ length: count }, (_, i) => `row-${i}`);
  const heldOut = (ids: string[], share: number) => {
    const split = splitOf(share);
    for (const id of ids) split.add(id);
    return ids.filter((id) => hashShare(id) < split.bound());
  };

  it('holds out about the share', () => {
    const held = heldOut(make(10_000), 0.05).length;
    assert.ok(Math.abs(held - 500) < 80, String(held));
  });

  it('follows from the ids alone', () => {
    const held = heldOut(make(1000), 0.1);
    assert.deepEqual(heldOut(make(1000).reverse(), 0.1).reverse(), held);
    const more = heldOut(make(2000), 0.1).filter((id) => Number(id.slice(4)) < 1000);
    assert.deepEqual(more, held);
  });

  it('holds out the same ids as ever', () => {
    assert.deepEqual(heldOut(make(40), 0.1), ['row-23', 'row-29', 'row-35']);
    assert.equal(hashShare('질문'), 0.4702174160629511);
  });

  it('says when further ids do not move it, mostly soon', () => {
    const split = splitOf(0.1);
    const at = make(1000).findIndex((id) => split.add(id));
    const bound = split.bound();
    for (const id of make(1000)) split.add(id);
    assert.equal(split.bound(), bound);
    assert.ok(at > 0 && at < 100, String(at));
  });

  it('leaves at least one on each side, where it can', () => {
    for (let count = 2; count < 60; count++) {
      for (const share of [1e-9, 0.02, 0.499]) {
        const held = heldOut(make(count), share).length;
        assert.ok(held > 0 && held < count, `${count} examples, share ${share}`);
      }
    }
    const low = make(30).filter((id) => hashShare(id) < 0.1);
    assert.equal(low.length, 2, 'both would be held out');
    assert.equal(heldOut(low, 0.4).length, 1);
    assert.deepEqual([heldOut(make(1), 0.4), heldOut([], 0.4)], [[], []]);
  });

  it('counts an id that comes again once, as in a mixture of languages', () => {
    assert.equal(heldOut(['a', 'a'], 0.4).length, 0);
    assert.deepEqual(heldOut([...make(2), ...make(2)], 1e-9).length, 2);
  });

  it('holds out nothing at share 0', () => assert.deepEqual(heldOut(make(5), 0), []));
});
