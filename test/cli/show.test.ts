import assert from 'node:assert/strict';
import { legend, showExample } from '../../src/cli/show.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';

// One letter a token: 1 is a, 2 is b, …; 0 begins and 27 ends a sequence.
const letters: Tokenizer = {
  kind: 'huggingface',
  vocabSize: 28,
  bosId: 0,
  eosId: 27,
  padId: 27,
  fingerprint: 'letters',
  special: new Map(),
  chatTemplate: null,
  marksSections: false,
  byteLengths: new Float64Array(28).fill(1),
  encode: (text) => [...text].map((letter) => letter.charCodeAt(0) - 96),
  decode: (ids) => Array.from(ids, (id) => String.fromCharCode(96 + id)).join(''),
  save: async () => {},
};
const example = {
  id: 'x',
  ids: Int32Array.of(0, 1, 2, 3, 4, 5, 27),
  spans: Int8Array.of(-1, -1, 0, 0, 1, 2, 3),
};

describe('showExample', () => {
  it('marks spans by brackets where there is no colour', () => {
    assert.equal(
      showExample(example, letters, { colour: false }),
      '── x: 7 tokens, 5 supervised\n' +
        '⟨begin⟩a[pivotInstruction: bc][pivotResponse: d][targetResponse: e][end: ⟨end⟩]',
    );
  });

  it('colours spans, each in its own, line by line', () => {
    const newline = { ...letters, decode: () => 'p\nq' };
    const shown = showExample({ id: 'x', ids: Int32Array.of(1, 2), spans: Int8Array.of(0, 2) }, newline, {
      colour: true,
    });
    assert.equal(
      shown.split('\n').slice(1).join('\n'),
      '\x1b[36mp\x1b[0m\n\x1b[36mq\x1b[0m\x1b[32mp\x1b[0m\n\x1b[32mq\x1b[0m',
    );
  });

  it('adds the ids when asked, in lines of at most 100 characters', () => {
    assert.match(showExample(example, letters, { colour: false, ids: true }), /\n0 1 2 3 4 5 27$/);
    const long = { id: 'y', ids: new Int32Array(300).fill(12), spans: new Int8Array(300).fill(-1) };
    const lines = showExample(long, letters, { colour: false, ids: true }).split('\n').slice(2);
    assert.ok(lines.length > 5 && lines.every((line) => line.length <= 100));
    assert.equal(lines.join(' ').split(' ').length, 300);
  });

  it('explains its marks', () => {
    assert.match(legend(false), /\[span: …\]/);
    for (const name of ['not supervised', 'pivotInstruction', 'pivotResponse', 'targetResponse', 'end']) {
      assert.ok(legend(true).includes(name));
    }
  });
});
