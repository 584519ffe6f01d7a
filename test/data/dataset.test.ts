/** What is dropped, what is cut, and that every sequence is accounted for. */
import assert from 'node:assert/strict';
import { emptySequenceStats, type FitOptions, fitted, sequencesOf } from '../../src/data/tokens/dataset.ts';
import { encodeExample } from '../../src/data/tokens/encode.ts';
import { getMethod } from '../../src/methods/index.ts';
import { characters, koEn } from '../support/characters.ts';

const pair = { target: 'ko', pivot: 'en' };
const examples = [koEn('short', '가', 'A'), koEn('long', '나'.repeat(60), 'B'.repeat(60))];

function fitAll(options: FitOptions) {
  const stats = emptySequenceStats();
  const encoded = examples
    .flatMap((example) => sequencesOf(example, getMethod('plug'), pair))
    .map(({ id, segments }) => fitted({ id, ...encodeExample(segments, characters) }, options, stats));
  return { encoded: encoded.filter((one) => one !== null), stats };
}
const lengths = fitAll({ maxSeqLen: 1000, truncation: 'drop' }).encoded.map(({ ids }) => ids.length);

describe('fitted', () => {
  it('keeps what just fits: the last token is only a target', () => {
    const { stats } = fitAll({ maxSeqLen: lengths[1] - 1, truncation: 'drop' });
    assert.deepEqual([stats.kept, stats.tooLong], [2, 0]);
    assert.equal(fitAll({ maxSeqLen: lengths[1] - 2, truncation: 'drop' }).stats.tooLong, 1);
  });

  it('drops what is too long and counts it', () => {
    const { encoded, stats } = fitAll({ maxSeqLen: lengths[0], truncation: 'drop' });
    assert.deepEqual(
      encoded.map(({ id }) => id),
      ['short'],
    );
    assert.deepEqual([stats.sequences, stats.kept, stats.tooLong, stats.truncated], [2, 1, 1, 0]);
    assert.equal(stats.tokens, lengths[0]);
    assert.deepEqual(stats.supervised, {
      pivotInstruction: 'English instruction:\nA?'.length,
      pivotResponse: '\n\nEnglish response:\nA'.length,
      targetResponse: '\n\n한국어 응답:\n가'.length,
      end: 1,
    });
  });

  it('cuts the end where asked, tokens and mask alike', () => {
    const { encoded, stats } = fitAll({ truncation: 'cut', maxSeqLen: lengths[1] - 9 });
    assert.deepEqual(
      encoded.map(({ ids, spans }) => [ids.length, spans.length]),
      [
        [lengths[0], lengths[0]],
        [lengths[1] - 8, lengths[1] - 8],
      ],
    );
    assert.deepEqual([stats.truncated, stats.truncatedTokens, stats.supervised.end], [1, 8, 1]);
  });

  it('never trains on an example whose supervised part is cut away', () => {
    const { encoded, stats } = fitAll({ truncation: 'cut', maxSeqLen: 40 });
    assert.deepEqual([encoded.length, stats.nothingSupervised, stats.truncated], [0, 2, 0]);
    assert.deepEqual([stats.tokens, stats.truncatedTokens], [0, 0]);
  });
});

describe('sequencesOf', () => {
  it('names the sequences of an example that makes several', () => {
    const names = (method: string) => sequencesOf(examples[0], getMethod(method), pair).map(({ id }) => id);
    assert.deepEqual(names('plug'), ['short']);
    assert.deepEqual(names('code-switching'), ['short#1', 'short#2']);
  });
});
