import assert from 'node:assert/strict';
import type { Machine } from '../../src/bench/machine.ts';
import { measuresBf16 } from '../../src/bench/machine.ts';
import { measureRounds, runBench, runGenerateBench } from '../../src/bench/runBench.ts';
import { configOf } from '../../src/bench/sizes.ts';
import { benchText } from '../../src/bench/table.ts';
import { textSteps } from '../../src/bench/variants.ts';
import { describeCpu } from '../../src/runtime/device.ts';

const TINY = { dModel: 16, nLayers: 1, nHeads: 2, ffnDim: 24, vocabSize: 61, seq: 8, batch: 2 };
const none = { peakMemoryBytes: 1, firstStepMs: 1, losses: [] };

describe('measureRounds', () => {
  it('goes through all variants by turns, every second round backwards', async () => {
    const called: string[] = [];
    const variants = ['a', 'b', 'c'].map((name) => ({
      name,
      run: async () => {
        called.push(name);
        return { ...none, tokensPerSecond: called.length };
      },
    }));
    const measured = await measureRounds(variants, 3, () => {});
    assert.equal(called.join(' '), 'a b c c b a a b c');
    assert.deepEqual(
      measured.get('c')?.map(({ tokensPerSecond }) => tokensPerSecond),
      [3, 4, 9],
    );
  });
});

describe('runBench', () => {
  it('measures eager and compiled steps that learn alike, each in a process of its own', async () => {
    const notes: string[] = [];
    const note = (text: string) => void notes.push(text);
    const result = await runBench({ size: TINY, steps: 2, warmUp: 1, rounds: 1, note });
    const { machine, rows, ratios } = JSON.parse(JSON.stringify(result)) as typeof result;
    assert.deepEqual(Object.keys(result), ['machine', 'rows', 'ratios']);
    const expected = ['eager float32', 'compiled float32'];
    if (measuresBf16(machine)) expected.push('compiled bf16');
    assert.deepEqual(
      rows.map(({ name }) => name),
      expected,
    );
    for (const { tokensPerSecond, peakMemoryBytes, firstStepMs, losses = [] } of rows) {
      assert.ok(tokensPerSecond > 0 && firstStepMs > 0);
      assert.ok(peakMemoryBytes > 50e6, `${peakMemoryBytes} bytes`);
      assert.ok(losses[1] < losses[0], `${losses}`);
    }
    const [eager, compiled] = rows.map(({ losses = [] }) => losses[1]);
    assert.ok(Math.abs(eager - compiled) < 1e-4);
    assert.equal(ratios[0].name, 'compiled float32 / eager float32');
    assert.equal(ratios[0].ratio, rows[1].tokensPerSecond / rows[0].tokensPerSecond);
    assert.equal(ratios[0].rounds, 1);
    assert.equal(machine.cpu, describeCpu().model);
    assert.match(machine.versions.tensorflow, /^\d+\.\d+/);
    assert.equal(
      machine.notes.some((text) => text.includes('bf16 is not measured')),
      !measuresBf16(machine),
    );
    assert.match(notes[0], /^round 1 of 1: eager float32, [\d,]+ tokens\/s$/);
  });

  it('measures generation, one prompt at once and all of them', async () => {
    const options = { size: TINY, newTokens: 4, rounds: 1, repeats: 1, peer: false };
    const { machine, rows, ratios } = await runGenerateBench(options);
    const float32 = ['ours float32, 1 prompt', 'ours float32, 2 prompts'];
    assert.deepEqual(
      rows.map(({ name }) => name).filter((name) => name.includes('float32')),
      float32,
    );
    assert.ok(rows.every(({ tokensPerSecond, firstStepMs }) => tokensPerSecond > 0 && firstStepMs > 0));
    assert.ok(rows.every((row) => !('written' in row) && !('losses' in row)));
    assert.deepEqual(ratios, []);
    assert.match(machine.measured[0], /prompts of 8 tokens, 4 new ones, greedy/);
  });

  it('says what failed and why', async () => {
    const text = { data: '/no/such/file.jsonl', target: 'zh', limit: 10 };
    const python = process.env.PLUG_BENCH_PYTHON;
    process.env.PLUG_BENCH_PYTHON = process.execPath;
    try {
      await assert.rejects(
        runBench({ size: { ...TINY, vocabSize: 300 }, steps: 1, rounds: 1, text, textAlone: true }),
        /^UserError: PLUG text: expected it to finish, got exit status 1: .*\/no\/such\/file\.jsonl/,
      );
    } finally {
      if (python === undefined) delete process.env.PLUG_BENCH_PYTHON;
      else process.env.PLUG_BENCH_PYTHON = python;
    }
  });
});

describe('textSteps', () => {
  it('takes the same number of rows a step on both sides, however they are split', () => {
    const prepared = { config: configOf(TINY), count: 9, tokens: 9, supervised: 9 };
    const files = { python: 'python', sequences: 'sequences.jsonl', folder: '.' };
    const plan = textSteps({ ...files, size: TINY, bf16: false, prepared, warmUp: 1, steps: 1 });
    const names = plan.variants.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { ours, theirs } of plan.pairs) assert.ok(names.includes(ours) && names.includes(theirs));
  });
});

describe('benchText', () => {
  const machine: Machine = {
    ...{ cpu: 'A CPU', cores: 2, instructions: ['avx2'], memoryBytes: 8e9, gpus: [], device: 'cpu' },
    ...{ platform: 'linux-x64', versions: { node: '20.1.0', tensorflow: '2.21.0' } },
    ...{ measured: ['training steps'], notes: ['a note'] },
  };

  it('is an aligned table with the ratios in words', () => {
    const rows = [
      { name: 'ours', tokensPerSecond: 12345.6, peakMemoryBytes: 1.5e9, firstStepMs: 987.4, losses: [] },
      { name: 'the other', tokensPerSecond: 8, peakMemoryBytes: 2e6, firstStepMs: 1, losses: [] },
    ];
    const text = benchText(
      { machine, rows, ratios: [{ name: 'ours / the other', ratio: 1.234, rounds: 3 }] },
      3,
    );
    assert.equal(
      text,
      [
        'A CPU, 2 cores (avx2), 8.0 GB, node 20.1.0, tensorflow 2.21.0',
        'training steps',
        'medians of 3 rounds',
        '',
        '            tokens/s   peak memory   first step',
        'ours          12,346        1.5 GB       987 ms',
        'the other          8          2 MB         1 ms',
        '',
        'ours / the other   1.23 times as fast',
        '',
        'a note',
      ].join('\n'),
    );
  });

  it('has a column of supervised tokens where there are such', () => {
    const row = { tokensPerSecond: 10, peakMemoryBytes: 1, firstStepMs: 1, losses: [] };
    const rows = [
      { ...row, name: 'text', supervisedTokensPerSecond: 7 },
      { ...row, name: 'random' },
    ];
    const lines = benchText({ machine, rows, ratios: [] }, 1).split('\n');
    assert.match(lines[4], /tokens\/s +supervised\/s +peak memory/);
    assert.match(lines[5], /^text +10 +7 +1 bytes/);
    assert.match(lines[6], /^random +10 +1 bytes/);
  });
});
