/** Training on with an adapter that is there: its settings are its own, and recipe.json says them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { saveModel } from '../../src/checkpoint/model.ts';
import { disposeParameters } from '../../src/model/parameters.ts';
import { defineRecipe } from '../../src/recipe/defineRecipe.ts';
import type { RecipeInput } from '../../src/recipe/schema.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { bpeTokenizer, trainBpe } from '../../src/tokenizer/bpe.ts';
import { withAdapterOf } from '../../src/train/adapter.ts';
import { beginRun, resumeRun, saveStep } from '../../src/train/checkpoints.ts';
import { prepareRun } from '../../src/train/run.ts';
import { temporaryFolder, writeColours } from '../support/files.ts';
import { writeAdapter } from '../support/modelFolder.ts';
import { tinyModel } from '../support/tiny.ts';

describe('a recipe for a model that has an adapter', () => {
  const root = temporaryFolder();
  const base = join(root, 'base');
  const adapter = join(root, 'adapter');
  const settings = { rank: 3, alpha: 6, dropout: 0, targets: ['q_proj' as const] };
  const recipeOf = (lora?: RecipeInput['lora']) =>
    defineRecipe({
      ...{
        name: 'on',
        method: { target: 'ko' },
        data: { train: join(root, 'colours.jsonl'), validationShare: 0.1 },
      },
      ...{ model: { from: adapter }, train: { steps: 2, batchSize: 2 } },
      ...(lora && { lora }),
    });
  before(async () => {
    writeColours(join(root, 'colours.jsonl'));
    await startTensorFlow();
    const model = tinyModel({ vocabSize: 300, maxSeqLen: 1024 });
    await saveModel(base, model, await bpeTokenizer(trainBpe(['a'], { vocabSize: 257 })));
    disposeParameters(model.parameters);
    const name = (layer: number) => `base_model.model.model.layers.${layer}.self_attn.q_proj.lora_`;
    const shapes = [0, 1].flatMap((layer) => [
      [`${name(layer)}A.weight`, [3, 24]],
      [`${name(layer)}B.weight`, [32, 3]],
    ]);
    const config = { base_model_name_or_path: '../base', r: 3, lora_alpha: 6, target_modules: ['q_proj'] };
    await writeAdapter(adapter, config, Object.fromEntries(shapes));
  });

  it('gets its settings, and must not ask for others', async () => {
    assert.deepEqual((await withAdapterOf(recipeOf(), adapter)).lora, settings);
    assert.deepEqual((await withAdapterOf(recipeOf(settings), adapter)).lora, settings);
    assert.equal((await withAdapterOf(recipeOf(), base)).lora, undefined);
    const others: [RecipeInput['lora'], RegExp][] = [
      [
        { ...settings, rank: 16 },
        /adapter: expected .* there, lora\.rank 3, got lora\.rank 16; give these or none/,
      ],
      [
        { ...settings, alpha: 32, targets: ['v_proj'] },
        /lora\.alpha 6, lora\.targets q_proj, got lora\.alpha 32, lora\.targets v_proj; .*--model .*base for a new adapter/,
      ],
      [{ ...settings, dropout: 0.5 }, /lora\.dropout 0, got lora\.dropout 0\.5/],
    ];
    for (const [lora, message] of others) await assert.rejects(prepareRun(recipeOf(lora)), message);
  });

  it('says in recipe.json what is trained, and is resumed whether it names it or not', async () => {
    const dir = join(root, 'run');
    const run = await prepareRun(recipeOf());
    await beginRun(dir, run);
    await saveStep(dir, run, null);
    run.dispose();
    assert.deepEqual(JSON.parse(readFileSync(join(dir, 'recipe.json'), 'utf8')).lora, settings);
    for (const recipe of [recipeOf(), recipeOf(settings)]) {
      const { run: again } = await resumeRun(dir, recipe);
      assert.deepEqual([again.recipe.lora, again.model.lora?.rank], [settings, 3]);
      again.dispose();
    }
    await assert.rejects(
      resumeRun(dir, recipeOf({ ...settings, rank: 4 })),
      /lora\.rank: expected 3, .* got 4/,
    );
    // A folder of an earlier version, which did not say it.
    const { lora: _, ...earlier } = JSON.parse(readFileSync(join(dir, 'recipe.json'), 'utf8'));
    writeFileSync(join(dir, 'recipe.json'), JSON.stringify(earlier));
    (await resumeRun(dir, recipeOf())).run.dispose();
  });
});
