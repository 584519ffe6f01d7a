import assert from 'node:assert/strict';
import { tokenFinder } from '../../src/tokenizer/findTokens.ts';

describe('tokenFinder', () => {
  const plain = { lstrip: false, rstrip: false };
  const finder = (tokens: Record<string, object>) =>
    tokenFinder(
      new Map(Object.entries(tokens).map(([token, rules], i) => [token, { ...plain, id: i, ...rules }])),
    );
  const found = (tokens: Record<string, object>, text: string) =>
    finder(tokens)(text).map(({ text: own, id }) => (id === null ? own : [own, id]));

  it('takes the leftmost, then the longest', () => {
    assert.deepEqual(found({ ab: {}, abc: {}, bcd: {} }, 'xabcd'), [['x', 1], 'd']);
    assert.deepEqual(found({ '<a>': {} }, '<a><a>b'), [['', 0], ['', 0], 'b']);
    assert.deepEqual(found({}, 'abc'), ['abc']);
    assert.deepEqual(found({ '': {}, '.*': {} }, 'a.*'), [['a', 1], '']);
  });

  it('knows words by letters of every script', () => {
    const word = { plug: { singleWord: true } };
    assert.deepEqual(found(word, 'unplugged plugs plug'), [['unplugged plugs ', 0], '']);
    assert.deepEqual(found(word, '한plug plug_ plug😀'), [['한plug plug_ ', 0], '😀']);
    assert.deepEqual(found({ a: { singleWord: true } }, '𝒜a a'), [['𝒜a ', 0], '']);
  });

  it('takes white space as Unicode has it, and none that another took', () => {
    const both = { '<x>': { lstrip: true, rstrip: true } };
    assert.deepEqual(found(both, 'a \u0085<x>\n\u3000b'), [['a', 0], 'b']);
    assert.deepEqual(found(both, 'a\ufeff<x> <x> b'), [['a\ufeff', 0], ['', 0], 'b']);
  });

  it('takes many tokens and a long text in little time', () => {
    const many = tokenFinder(
      new Map(Array.from({ length: 20_000 }, (_, id) => [`<|${id}|>`, { id, ...plain }])),
    );
    const started = performance.now();
    assert.equal(many(`<|19999|>${'<'.repeat(200_000)}`)[0].id, 19_999);
    assert.ok(performance.now() - started < 5_000);
  });
});
