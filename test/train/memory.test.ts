import assert from 'node:assert/strict';
import { dryRun, dryRunLines } from '../../src/cli/dryRun.ts';
import { TUNING } from '../../src/nn/tuning.ts';
import { loadRecipe } from '../../src/recipe/loadRecipe.ts';
import { memoryNeed, type NeedOptions } from '../../src/train/memory.ts';
import { tinyConfig } from '../support/tiny.ts';

describe('the memory that a run needs', () => {
  const plain: NeedOptions = {
    config: {
      ...tinyConfig,
      dModel: 512,
      nHeads: 8,
      nKvHeads: 8,
      headDim: 64,
      ffnDim: 1376,
      vocabSize: 8192,
      nLayers: 8,
    },
    train: { batchSize: 8, gradAccumSteps: 1, gradientCheckpointing: false },
    frozenBytes: 4,
    precision: 'float32',
    seq: 256,
    tuning: TUNING.cpu,
  };
  const lora = {
    base: '',
    rank: 8,
    alpha: 8,
    rankStabilized: false,
    dropout: 0,
    targets: ['q_proj' as const],
  };

  it('is that of float32 weights, gradients and two moments', () => {
    const { weights, gradients, optimizer } = memoryNeed(plain);
    const count = 8192 * 512 + 8 * (4 * 512 ** 2 + 3 * 512 * 1376 + 2 * 512) + 512;
    assert.deepEqual([weights, gradients, optimizer], [4 * count, 4 * count, 8 * count]);
    assert.equal(memoryNeed({ ...plain, train: { ...plain.train, gradAccumSteps: 4 } }).gradients, 8 * count);
  });

  it('falls with adapters, bf16, checkpointing and shorter rows, each where it should', () => {
    const whole = memoryNeed(plain);
    const adapted = memoryNeed({ ...plain, lora });
    assert.ok(adapted.gradients < whole.gradients / 50 && adapted.optimizer < whole.optimizer / 50);
    const half = memoryNeed({ ...plain, lora, frozenBytes: 2 });
    assert.ok(half.weights < 0.51 * adapted.weights);
    const again = memoryNeed({ ...plain, train: { ...plain.train, gradientCheckpointing: true } });
    assert.ok(again.activations < 0.5 * whole.activations && again.weights === whole.weights);
    assert.ok(memoryNeed({ ...plain, seq: 128 }).activations < 0.6 * whole.activations);
    assert.ok(memoryNeed({ ...plain, tuning: TUNING.gpu }).activations > 1.2 * whole.activations);
  });

  it('is told of the recipes of the paper, without their models', async () => {
    const found = await dryRun(await loadRecipe('plug-zh-llama2-13b'));
    assert.equal(found.parameters.all, 13_015_864_320);
    assert.equal(found.parameters.trained, found.parameters.all);
    assert.equal(found.shapeFrom, 'recipe');
    const text = dryRunLines(found, 'models/x').join('\n');
    assert.match(
      text,
      /13,015\.9 M parameters; models\/x is not here, so the shape is the recipe's own\nmicro-batches of 1 × 4,096 tokens, .*\n +weights +52\.1 GB/,
    );
    const adapted = await dryRun(await loadRecipe('plug-ko-llama3-8b-lora'));
    assert.equal(adapted.parameters.all - adapted.parameters.trained, 8_030_261_248);
    assert.ok(adapted.memory.total < 0.2 * found.memory.total);
  });

  it('is told of a model that is here', async () => {
    const found = await dryRun(await loadRecipe('plug-ko'));
    assert.equal(found.shapeFrom, 'file');
    assert.ok(found.fits && found.memory.total < 2e9);
  });
});
