import assert from 'node:assert/strict';
import { dataStatsLines } from '../../src/cli/dataStats.ts';
import { distributionOf, histogramOf, lengthsOf, statsLines } from '../../src/cli/stats.ts';
import { emptyTargetStats } from '../../src/data/dataStats.ts';
import { inMemory } from '../../src/data/tokens/sequences.ts';

const sequence = (spans: number[]) => ({
  id: 'x',
  ids: new Int32Array(spans.length),
  spans: Int8Array.from(spans),
});

describe('lengths of sequences', () => {
  const sequences = inMemory([sequence([-1, -1, 1, 2, 2, 2, 3]), sequence([-1, 2, 3])]);

  it('are counted whole, by prompt and by span that occurs', () => {
    assert.deepEqual(lengthsOf(sequences), {
      sequence: Int32Array.of(7, 3),
      prompt: Int32Array.of(2, 1),
      pivotResponse: Int32Array.of(1, 0),
      targetResponse: Int32Array.of(3, 1),
    });
  });

  it('are described by mean and quantiles', () => {
    const lengths = Int32Array.from({ length: 101 }, (_, i) => 200 - 2 * i);
    assert.deepEqual(distributionOf(lengths), {
      count: 101,
      mean: 100,
      min: 0,
      p25: 50,
      median: 100,
      p75: 150,
      p95: 190,
      max: 200,
    });
  });

  it('fall into equal ranges, each once', () => {
    const bins = histogramOf(Int32Array.of(0, 9, 10, 119, 119, 50));
    assert.equal(bins.length, 12);
    assert.deepEqual(bins[0], { from: 0, to: 9, count: 2 });
    assert.deepEqual(bins[11], { from: 110, to: 119, count: 2 });
    assert.equal(
      bins.reduce((sum, { count }) => sum + count, 0),
      6,
    );
  });

  it('are shown as a table and bars, also where there are none', () => {
    const lines = statsLines(sequences);
    assert.match(lines[1], /^sequence +2 +5 +3 +/);
    assert.ok(
      lines.some((line) => /7–7 █+ +1$/.test(line)),
      lines.join('\n'),
    );
    assert.deepEqual(statsLines(inMemory([])), ['no sequences']);
  });
});

describe('the data statistics in lines', () => {
  const dataStats = emptyTargetStats();
  Object.assign(dataStats.rows, { read: 1012, kept: 1000, skipped: 5, duplicates: 3, notSampled: 2 });
  Object.assign(dataStats.rows, { reasons: { 'not JSON': 4, 'id: null': 1 }, withoutPartner: { ko: 2 } });
  Object.assign(dataStats.train, { sequences: 990, kept: 980, tooLong: 7, nothingSupervised: 3 });
  Object.assign(dataStats.train, { truncated: 4, truncatedTokens: 1234, tokens: 50_000 });
  dataStats.train.supervised.targetResponse = 20_000;
  dataStats.validation.kept = 20;

  it('says what became of every row and sequence', () => {
    assert.deepEqual(dataStatsLines(dataStats), [
      'rows read 1,012, skipped 5 (not JSON 4, id: null 1), left out: duplicates 3, not sampled 2, nothing in ko 2',
      'examples 980, dropped 10 (7 longer than maxSeqLen, 3 with nothing left to learn), cut 4 (1,234 tokens); held out 20',
      'tokens 50,000, supervised 20,000 (target response 20,000)',
      'to keep the dropped ones: a larger --model.maxSeqLen, or --data.truncation cut',
    ]);
  });

  it('has a block for each language of a mixture, and a line for packing', () => {
    const packing = { rows: 1500, utilisation: 0.97654 };
    const lines = dataStatsLines({
      ...dataStats,
      targets: { ko: dataStats, zh: emptyTargetStats() },
      packing,
    });
    assert.match(lines[0], /^ko: rows read 1,012,/);
    assert.equal(lines[3], 'zh: rows read 0, skipped 0');
    assert.equal(lines[6], 'packed into 1,500 rows a pass, 97.7 % of their places filled');
  });
});
