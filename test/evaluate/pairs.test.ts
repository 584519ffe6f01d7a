import assert from 'node:assert/strict';
import type { ScoredAnswer } from '../../src/evaluate/answer.ts';
import { comparePairs } from '../../src/evaluate/pairs.ts';
import { accuracy, summarize } from '../../src/evaluate/summary.ts';
import { scoreLines } from '../../src/evaluate/table.ts';

const scored = (part: Partial<ScoredAnswer>): ScoredAnswer => ({
  ...{ id: '1', file: 'f', instruction: '', answer: '', text: '', tokens: 0 },
  ...{ group: 'open', facts: 1, language: true, form: true, correct: true },
  ...part,
});

describe('comparePairs', () => {
  const result = (a: Partial<ScoredAnswer>, b: Partial<ScoredAnswer>) => {
    const { win, tie, loss } = comparePairs([scored(a)], [scored(b)]);
    return ['win', 'tie', 'loss'].find((_, i) => [win, tie, loss][i] === 1);
  };

  it('goes by language, then by facts, then by form', () => {
    assert.equal(result({}, {}), 'tie');
    assert.equal(result({ facts: 0 }, { language: false }), 'win');
    assert.equal(result({ facts: 0.5, form: false }, { facts: 0.25 }), 'win');
    assert.equal(result({ form: false }, {}), 'loss');
    assert.equal(
      result({ facts: null, correct: null, group: 'other' }, { facts: null, group: 'other', form: false }),
      'win',
    );
  });

  it('goes by language, then by chrF where there is a reference', () => {
    const text = (chrf: number, more: Partial<ScoredAnswer> = {}) => ({
      ...{ group: 'text' as const, facts: null, correct: null },
      measures: { exact: 0, f1: 1 - chrf, chrf, rougeL: 0 },
      ...more,
    });
    assert.equal(result(text(0.5), text(0.4)), 'win');
    assert.equal(result(text(0.5), text(0.5)), 'tie');
    assert.equal(result(text(0.9, { language: false }), text(0.1)), 'loss');
  });

  it('goes by right and wrong where there is but one thing to know', () => {
    const group = 'arithmetic';
    assert.equal(
      result({ group, correct: false, facts: 0 }, { group, correct: false, language: false }),
      'tie',
    );
    assert.equal(result({ group, correct: false }, { group }), 'loss');
  });

  it('is the mirror of itself', () => {
    const a = [scored({ id: '1' }), scored({ id: '2', facts: 0 }), scored({ id: '3', language: false })];
    const b = [scored({ id: '1', facts: 0.5 }), scored({ id: '2' }), scored({ id: '3' })];
    const [there, back] = [comparePairs(a, b), comparePairs(b, a)];
    assert.deepEqual(there, { win: 1, tie: 0, loss: 2, rows: 3 });
    assert.deepEqual([back.win, back.loss], [there.loss, there.win]);
  });

  it('refuses different rows', () => {
    assert.throws(() => comparePairs([scored({ id: '1' })], [scored({ id: '2' })]), /got f 1 and f 2 at 0/);
    assert.throws(() => comparePairs([scored({})], []), /got f 1 and no row at 0/);
  });
});

describe('summaries', () => {
  const answers = [
    scored({ kind: 'where' }),
    scored({ kind: 'list', facts: 0.5, correct: false }),
    scored({ kind: 'what', group: 'truthfulness', belief: 'rumour', facts: 0, correct: false }),
    scored({ group: 'other', facts: null, correct: null, form: false }),
  ];

  it('are by group and by kind', () => {
    const { open, truthfulness, other, arithmetic } = summarize([answers]);
    assert.deepEqual([open?.rows, open?.correct, open?.facts], [2, 0.5, 0.75]);
    assert.equal(open?.kinds.list.facts, 0.5);
    assert.deepEqual(truthfulness?.belief, { truthful: 0, rumour: 1, neither: 0 });
    assert.deepEqual([other?.correct, other?.facts, other?.form], [null, null, 0]);
    assert.equal(arithmetic, undefined);
  });

  it('say in the table what was not judged', () => {
    const lines = scoreLines(summarize([answers]));
    assert.match(lines[0], /rows +correct +facts +language +form/);
    assert.match(
      lines.find((line) => line.startsWith('other')) ?? '',
      / – +– +100\.0 +0\.0 .*content not judged/,
    );
    assert.ok(lines.some((line) => line.includes('truthful 0.0, rumour 100.0, neither 0.0')));
  });

  it('are over seeds too', () => {
    const [right, wrong] = [scored({}), scored({ correct: false })];
    assert.equal(
      accuracy([
        [right, wrong],
        [right, right],
      ])?.mean,
      0.75,
    );
  });
});
