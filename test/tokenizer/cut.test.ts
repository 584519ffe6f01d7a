import assert from 'node:assert/strict';
import { cutter } from '../../src/tokenizer/cut.ts';

describe('cutter', () => {
  const cut = cutter(['a', 'ab', 'bc', '▁a', '😀x']);

  it('cuts where no piece has the two characters side by side', () => {
    assert.deepEqual(cut('▁abc▁ca'), ['▁abc', '▁', 'c', 'a']);
    assert.deepEqual(cut('ba'), ['b', 'a']);
    assert.deepEqual(cut(''), []);
  });

  it('takes characters of two UTF-16 units whole', () => {
    assert.deepEqual(cut('a😀xa'), ['a', '😀x', 'a']);
    assert.deepEqual(cut('😀😀'), ['😀', '😀']);
  });
});
