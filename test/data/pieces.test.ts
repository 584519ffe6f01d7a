import assert from 'node:assert/strict';
import { piecesOf } from '../../src/data/tokens/pieces.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';

/** Bytes as tokens, 256 begins and 257 ends a sequence, so that a Korean letter is three tokens. */
const bytes: Tokenizer = {
  kind: 'huggingface',
  vocabSize: 258,
  bosId: 256,
  eosId: 257,
  padId: 257,
  fingerprint: 'bytes',
  special: new Map(),
  chatTemplate: null,
  marksSections: false,
  byteLengths: new Float64Array(258).fill(1),
  encode: (text) => [...Buffer.from(text)],
  decode: (ids) => Buffer.from(Array.from(ids).filter((id) => id < 256)).toString(),
  save: async () => {},
};
/** Words as tokens; like SentencePiece's, a word has a space before it unless it stands first. */
const words: Tokenizer = {
  ...bytes,
  decode: (ids) => Array.from(ids, (id) => `w${id}`).join(' '),
};

const tokens = (...parts: [ids: number[], span: number][]) => ({
  ids: Int32Array.from(parts.flatMap(([ids]) => ids)),
  spans: Int8Array.from(parts.flatMap(([ids, span]) => ids.map(() => span))),
});

describe('piecesOf', () => {
  it('joins the tokens of a letter, and keeps all others apart', () => {
    assert.deepEqual(piecesOf(tokens([bytes.encode('a한b'), -1]), bytes), [
      { text: 'a', tokens: 1, span: null },
      { text: '한', tokens: 3, span: null },
      { text: 'b', tokens: 1, span: null },
    ]);
  });

  it('gives each piece the span of its tokens, and the begin and end tokens a name', () => {
    const pieces = piecesOf(tokens([[256, 97], -1], [[98], 0], [[99], 2], [[257], 3]), bytes);
    assert.deepEqual(
      pieces.map(({ text, span }) => [text, span]),
      [
        ['⟨begin⟩', null],
        ['a', null],
        ['b', 'pivotInstruction'],
        ['c', 'targetResponse'],
        ['⟨end⟩', 'end'],
      ],
    );
  });

  it('is all of the text and all of the tokens, whatever the cut', () => {
    const text = '카솔 도키의 직업은? é𝄞x';
    const ids = bytes.encode(text);
    for (let cut = 0; cut <= ids.length; cut++) {
      const pieces = piecesOf(tokens([ids.slice(0, cut), -1], [ids.slice(cut), 1]), bytes);
      assert.equal(
        pieces.reduce((sum, piece) => sum + piece.tokens, 0),
        ids.length,
      );
      const whole = bytes.decode(ids.slice(0, cut)) + bytes.decode(ids.slice(cut));
      assert.equal(pieces.map((piece) => piece.text).join(''), whole);
      const supervised = pieces.filter(({ span }) => span === 'pivotResponse');
      assert.equal(
        supervised.reduce((sum, piece) => sum + piece.tokens, 0),
        ids.length - cut,
      );
    }
  });

  it('keeps the spaces that a tokenizer puts between tokens', () => {
    const pieces = piecesOf(tokens([[1, 2, 3, 4], 0]), words);
    assert.deepEqual(
      pieces.map(({ text }) => text),
      ['w1', ' w2', ' w3', ' w4'],
    );
  });

  it('ends a letter that never ends', () => {
    const half = [...Buffer.from('한')].slice(0, 2);
    assert.deepEqual(piecesOf(tokens([half, -1], [[257], 3]), bytes), [
      { text: '\ufffd', tokens: 2, span: null },
      { text: '⟨end⟩', tokens: 1, span: 'end' },
    ]);
    assert.deepEqual(piecesOf(tokens(), bytes), []);
  });
});
