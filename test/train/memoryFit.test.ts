/** Whether a run fits into memory is told by the data's lengths, and only what is not set yet is proposed. */
import assert from 'node:assert/strict';
import { rowLength } from '../../src/data/prepare.ts';
import { TUNING } from '../../src/nn/tuning.ts';
import { defineRecipe } from '../../src/recipe/defineRecipe.ts';
import { memoryNeed, type NeedOptions } from '../../src/train/memory.ts';
import { memoryFit, refuseWhatCannotFit, remediesOf } from '../../src/train/memoryFit.ts';
import { tinyConfig } from '../support/tiny.ts';

/** The shape of a model of 270 M parameters that reads 32,768 tokens. */
const config = {
  ...tinyConfig,
  vocabSize: 262_144,
  dModel: 640,
  nLayers: 18,
  nHeads: 4,
  nKvHeads: 1,
  headDim: 256,
  ffnDim: 2048,
  maxSeqLen: 32_768,
  headNorms: true,
  outputNorms: true,
};
const recipeOf = (train = {}, more = {}) =>
  defineRecipe({ name: 'fit', method: { target: 'ko' }, data: { train: 'rows.jsonl' }, train, ...more });
const lengths = (...all: number[]) => ({ lengths: Int32Array.from(all) });

describe('the memory that a run has and needs', () => {
  it('goes by the longest row of the data, not by what the model could read', async () => {
    const { longest, maxSeqLen } = rowLength(
      { ...recipeOf(), model: { ...recipeOf().model, from: 'model' } },
      config.maxSeqLen,
      { train: lengths(40, 181, 90), validation: lengths(60) },
    );
    assert.deepEqual([longest, maxSeqLen], [180, 256]);
    const fit = await memoryFit(recipeOf({ batchSize: 4, precision: 'bf16' }), {
      config,
      longest,
      maxSeqLen,
    });
    assert.equal(fit.seq, 192);
    assert.ok(fit.need.total < 9e9, `${fit.need.total}`);
    const packed = await memoryFit(recipeOf({ batchSize: 4, packing: true }), { config, longest, maxSeqLen });
    assert.equal(packed.seq, 256);
  });

  it('has rows as long as the data, up to what the model can read, unless the recipe says', () => {
    const data = { train: lengths(301, 20), validation: lengths(701) };
    const most = (model: object) =>
      rowLength({ ...recipeOf(), model: { ...recipeOf().model, ...model } }, 4096, data);
    assert.equal(most({ from: 'model' }).maxSeqLen, 768, 'validation rows too, rounded up');
    assert.equal(most({ from: 'model', maxSeqLen: 4096 }).maxSeqLen, 4096);
    assert.equal(most({}).maxSeqLen, 4096, 'a new model is as long as it was to be');
    const short = rowLength({ ...recipeOf(), model: { ...recipeOf().model, from: 'model' } }, 512, data);
    assert.deepEqual(short, { longest: 700, maxSeqLen: 512 });
  });

  const options = (
    change: Partial<NeedOptions['train']> = {},
    more: Partial<NeedOptions> = {},
  ): NeedOptions => ({
    config,
    frozenBytes: 2,
    precision: 'bf16',
    seq: 1024,
    tuning: TUNING.cpu,
    train: { batchSize: 16, gradAccumSteps: 2, gradientCheckpointing: false, ...change },
    ...more,
  });
  const lora = {
    base: 'model',
    rank: 16,
    alpha: 32,
    rankStabilized: false,
    dropout: 0,
    targets: ['q_proj' as const],
  };

  it('is lowered by what is not set already, and each proposal gives the need that it leads to', () => {
    const flagsOf = (some: NeedOptions, from: string | undefined, most: number) =>
      remediesOf(some, from, most).map(({ flags, total }) => {
        assert.ok(total < memoryNeed(some).total, flags);
        return flags;
      });
    const half = (some: NeedOptions) => memoryNeed(some).total * 0.5;
    for (const from of [undefined, 'model']) {
      for (const gradientCheckpointing of [false, true]) {
        for (const batchSize of [1, 16]) {
          for (const adapted of [undefined, lora]) {
            const some = options({ gradientCheckpointing, batchSize }, { lora: adapted });
            for (const most of [half(some), 1e9, 1e8]) {
              const flags = flagsOf(some, from, most).join(' ');
              if (gradientCheckpointing) assert.doesNotMatch(flags, /gradientCheckpointing/);
              if (batchSize === 1) assert.doesNotMatch(flags, /batchSize/);
              if (adapted || !from) assert.doesNotMatch(flags, /lora/);
            }
          }
        }
      }
    }
    const some = options();
    const [smaller] = remediesOf(some, undefined, 12e9).filter(({ flags }) => flags.includes('batchSize'));
    const [, size, steps] =
      /--train\.batchSize (\d+) --train\.gradAccumSteps (\d+)/.exec(smaller.flags) ?? [];
    assert.equal(Number(size) * Number(steps), 32, 'as many rows a step');
    const train = { ...some.train, batchSize: Number(size), gradAccumSteps: Number(steps) };
    assert.equal(smaller.total, memoryNeed({ ...some, train }).total);
    assert.ok(smaller.total <= 12e9);
  });

  it('is refused with numbers where it cannot be, and says so where no setting helps', async () => {
    const fit = await memoryFit(recipeOf({ batchSize: 4, precision: 'bf16' }), {
      config,
      longest: 180,
      maxSeqLen: 256,
    });
    const small = { ...fit, fits: false, place: { ...fit.place, memoryBytes: 4e9 }, remedies: [] };
    assert.throws(
      () => refuseWhatCannotFit(small),
      /^UserError: memory: expected a need of at most 3\.8 GB of the 4\.0 GB of .*, got about [\d.]+ GB for 4 rows of up to 192 tokens: weights 1\.1 GB, .*; no setting makes it fit: [\d.]+ GB is the least; .* --force trains all the same$/,
    );
    refuseWhatCannotFit({ ...small, fits: true });
  });
});
