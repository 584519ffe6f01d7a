/** The counting behind `make test-parity`: a run that cannot fail proves nothing. */
import assert from 'node:assert/strict';
import { spacesFirst, tied } from '../../scripts/parity/aside.ts';
import {
  compareContinuing,
  comparePeer,
  compareText,
  type Encoded,
  encodeAll,
  failed,
  newRow,
} from '../../scripts/parity/compare.ts';
import { table } from '../../scripts/parity/table.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';

/** Ids are code points; with a word start (0) that `decode` drops at the front. */
const tokenizer = {
  encode: (text: string, options?: { continuing?: boolean }) => [
    ...(options?.continuing ? [] : [0]),
    ...Array.from(text, (char) => char.codePointAt(0) as number),
  ],
  decode: (ids: ArrayLike<number>) =>
    String.fromCodePoint(...Array.from(ids).filter((id, i) => i > 0 || id !== 0)),
} as Tokenizer;
const always = () => true;

describe('parity comparison', () => {
  const texts = ['ab', 'cd', 'ef'];
  let ours: Encoded;
  before(async () => {
    ours = await encodeAll(tokenizer, texts);
  });

  it('counts other ids, other text, and neither', () => {
    const theirs = { ids: [[0, 97, 98], [0, 99], ours.ids[2]], decoded: ['ab', 'c', 'EF'] };
    const row = newRow('t', 'p');
    comparePeer(row, texts, ours, theirs);
    assert.deepEqual([row.texts, row.ids, row.differing, row.decodedDiffering], [3, 9, 1, 1]);
    assert.deepEqual(row.examples[0], { text: 'cd', ours: [0, 99, 100], theirs: [0, 99] });
    assert.deepEqual(row.examples[1], { text: 'ef', ours: 'ef', theirs: 'EF' });
    assert.equal(failed(row), true);
    const same = newRow('t', 'p');
    comparePeer(same, texts, ours, ours);
    assert.equal(failed(same), false);
  });

  it('takes ids that only begin alike for other ids', () => {
    const longer = { ids: ours.ids.map((ids) => [...ids, 1]), decoded: ours.decoded };
    const row = newRow('t', 'p');
    comparePeer(row, texts, ours, longer);
    assert.equal(row.differing, 3);
  });

  it('counts texts set aside apart', () => {
    const row = newRow('t', 'p', 'why');
    const theirs = { ids: [[1], ours.ids[1], ours.ids[2]], decoded: ours.decoded };
    comparePeer(row, texts, ours, theirs, (text) => text !== 'ef');
    assert.deepEqual([row.texts, row.differing, row.aside, row.asideDiffering], [1, 0, 2, 1]);
    assert.equal(failed(row), false);
    assert.match(table([row]), /t +\| p +\| +1 \| +3 \| +0 \| +0 \| +2 \| +1 differ \|/);
  });

  it('finds special ids, and text that does not come back', () => {
    const row = newRow('t', 'itself');
    compareText(row, texts, { ids: ours.ids, decoded: ['ab', 'cd', 'x'] }, new Set([97]), always);
    assert.deepEqual([row.differing, row.decodedDiffering], [1, 1]);
    const lossy = newRow('t', 'itself');
    compareText(lossy, texts, { ids: ours.ids, decoded: ['', '', ''] }, new Set([5]), () => false);
    assert.equal(failed(lossy), false);
  });

  it('finds text that does not go on', async () => {
    const row = newRow('t', 'itself');
    await compareContinuing(row, texts, ours, tokenizer, always);
    assert.deepEqual([row.texts, row.decodedDiffering], [2, 0]);
    const deaf = { ...tokenizer, encode: (text: string) => tokenizer.encode(text) };
    await compareContinuing(row, texts, ours, deaf, always);
    assert.deepEqual([row.texts, row.decodedDiffering], [4, 2]);
  });

  it('sets aside only what its rules name', () => {
    const spaces = [' a', '▁a', 'a  b', 'a b', 'a\n b', 'a b '];
    assert.deepEqual(
      spaces.map((text) => spacesFirst.when(text, [], [])),
      [true, true, true, false, false, false],
    );
    const rule = tied([-1, -2, -3, -2]);
    assert.equal(rule.when('', [0, 2], [1, 3]), true);
    assert.equal(rule.when('', [0, 1], [1, 3]), false);
    assert.equal(rule.when('', [0, 1], [0, 1]), false);
  });
});
