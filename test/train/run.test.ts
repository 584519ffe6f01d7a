/** The whole of a run: it learns, resumes to the bit, stops on what is not finite, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { loadModel } from '../../src/checkpoint/model.ts';
import { generate } from '../../src/generate/generate.ts';
import { defineRecipe } from '../../src/recipe/defineRecipe.ts';
import type { RecipeOverrides } from '../../src/recipe/schema.ts';
import {
  beginRun,
  resumeRun,
  runStatus,
  saveBest,
  savedSteps,
  saveStep,
} from '../../src/train/checkpoints.ts';
import { prepareRun, stepBatches } from '../../src/train/run.ts';
import { train } from '../../src/train/train.ts';
import { validate } from '../../src/train/validate.ts';
import { temporaryFolder, writeColours } from '../support/files.ts';

describe('a run', () => {
  const folder = temporaryFolder();
  const file = writeColours(join(folder, 'colours.jsonl'));
  const recipeOf = (
    train: RecipeOverrides['train'] = {},
    data: { validationShare?: number; mixing?: number } = {},
  ) =>
    defineRecipe({
      name: 'colours',
      method: { target: 'ko' },
      data: { train: file, validationShare: 0.1, ...data },
      tokenizer: { vocabSize: 400 },
      model: { dModel: 64, nLayers: 2, nHeads: 2, ffnDim: 128, maxSeqLen: 128 },
      train: { batchSize: 6, steps: 6, learningRate: 0.01, beta2: 0.95, ...train },
      generate: { maxNewTokens: 100 },
    });
  async function losses(run: Awaited<ReturnType<typeof prepareRun>>, until = Number.POSITIVE_INFINITY) {
    const found: number[] = [];
    for await (const metrics of train(run)) {
      found.push(metrics.loss, metrics.gradientNorm);
      if (metrics.step >= until) break;
    }
    return found;
  }

  /** A run that was saved after some steps, and is to go on. */
  async function interrupted(name: string, recipe: ReturnType<typeof recipeOf>, after: number) {
    const dir = join(folder, name);
    const first = await prepareRun(recipe);
    await beginRun(dir, first);
    await losses(first, after);
    await saveStep(dir, first, null);
    first.dispose();
    return (await resumeRun(dir, recipe)).run;
  }

  it('learns its examples by heart and gives them back, headings and all', async () => {
    const run = await prepareRun(recipeOf({ steps: 200, batchSize: 10 }, { validationShare: 0 }));
    const all = await losses(run);
    assert.ok(all[0] > 5 && (all.at(-2) as number) < 0.08, `${all[0]} to ${all.at(-2)}`);
    const [answer] = await generate(run, ['1번 집의 색은?']);
    assert.deepEqual(
      [answer.status, answer.pivotInstruction, answer.pivotResponse, answer.answer, answer.stopped],
      ['found', 'What colour is house 1?', 'It is red.', '빨간색이에요.', 'end'],
    );
    const dir = join(folder, 'saved');
    await saveBest(dir, run);
    const loaded = await loadModel(dir);
    const [again] = await generate(loaded, ['1번 집의 색은?'], { method: run.recipe.method });
    assert.equal(again.text, answer.text);
    loaded.dispose();
    run.dispose();

    // Tuned further, it reads no longer rows than it can, and shorter ones where the recipe says so.
    for (const [asked, seq] of [[96, 96] as const, [4096, 128] as const, [undefined, 128] as const]) {
      const recipe = recipeOf({ packing: true, batchSize: 1, steps: 1 });
      const further = await prepareRun({
        ...recipe,
        model: { ...recipe.model, from: dir, maxSeqLen: asked },
      });
      assert.deepEqual([stepBatches(further, 1)[0].seq, further.model.config.maxSeqLen], [seq, 128]);
      further.dispose();
    }
  });

  it('goes on the same with adapters on a frozen model', async () => {
    const recipe = recipeOf({ steps: 4 });
    const adapting = defineRecipe({
      ...recipe,
      model: { from: join(folder, 'saved') },
      lora: { rank: 2, targets: ['q_proj', 'down_proj'] },
    });
    const whole = await prepareRun(adapting);
    const expected = await losses(whole);
    whole.dispose();
    const run = await interrupted('adapting', adapting, 2);
    assert.deepEqual(await losses(run), expected.slice(4));
    assert.equal(run.model.lora?.rank, 2);
    run.dispose();
  });

  it('repeats itself to the bit, and goes on from a saved step as if it had never stopped', async () => {
    const recipe = recipeOf({ gradAccumSteps: 2 });
    const whole = await prepareRun(recipe);
    const expected = await losses(whole);
    const heldOut = await validate(whole);
    whole.dispose();

    const dir = join(folder, 'resumed');
    const first = await prepareRun(recipe);
    await beginRun(dir, first);
    const early = await losses(first, 4);
    await saveStep(dir, first, { step: 2, loss: 1.5 });
    first.dispose();
    assert.equal(await runStatus(dir), 'interrupted');
    assert.deepEqual(early, expected.slice(0, 8));

    const { run, best } = await resumeRun(dir, recipe);
    assert.deepEqual([run.step, best], [4, { step: 2, loss: 1.5 }]);
    assert.deepEqual(await losses(run), expected.slice(8));
    assert.deepEqual(await validate(run), heldOut);
    await saveStep(dir, run, best);
    assert.equal(await runStatus(dir), 'finished');
    assert.deepEqual(await savedSteps(dir), [4, 6]);
    run.dispose();
  });

  it('goes on the same with packed rows and a mixture of languages', async () => {
    const mixture = { ...recipeOf({ packing: true, batchSize: 2 }, { mixing: 0.5 }) };
    mixture.method = { ...mixture.method, name: 'monolingual', target: ['ko', 'en'] };
    const whole = await prepareRun(mixture);
    assert.ok((whole.dataStats.packing?.utilisation ?? 0) > 0.5);
    const expected = await losses(whole);
    const batches = [1, 2, 3].flatMap((step) => stepBatches(whole, step));
    assert.ok(batches.every(({ batch, seq }) => batch === 2 && seq === 128));
    assert.ok(batches.some(({ documents }) => Math.max(...documents) > 1));
    whole.dispose();

    const run = await interrupted('packed', mixture, 3);
    assert.deepEqual(await losses(run), expected.slice(6));
    assert.ok((await validate(run))?.loss);
    await assert.rejects(
      generate(run, ['질문']),
      /expected one target language, got ko, en.*--method\.target ko/,
    );
    const [answer] = await generate(run, ['질문'], {
      method: { ...mixture.method, target: 'ko' },
      maxNewTokens: 2,
    });
    assert.equal(answer.status, 'monolingual');
    run.dispose();
  });

  it('takes every example once an epoch, step by step', async () => {
    const run = await prepareRun(recipeOf({ batchSize: 4 }, { validationShare: 0 }));
    const taken = [1, 2, 3, 4, 5].flatMap((step) =>
      stepBatches(run, step).flatMap(({ exampleIds }) => exampleIds),
    );
    assert.deepEqual(taken.toSorted(), Array.from(run.train.lengths, (_, i) => run.train.get(i).id).sort());
    run.dispose();
  });

  it('drops the metrics of steps that are to be made again, and a line cut off', async () => {
    const recipe = recipeOf();
    const dir = join(folder, 'metrics');
    const run = await prepareRun(recipe);
    await beginRun(dir, run);
    await losses(run, 2);
    await saveStep(dir, run, null);
    run.dispose();
    const metrics = join(dir, 'metrics.jsonl');
    writeFileSync(metrics, '{"step":1}\n{"step":2}\n{"step":3}\n');
    appendFileSync(metrics, '{"step":4,"lo');
    (await resumeRun(dir, recipe)).run.dispose();
    assert.equal(readFileSync(metrics, 'utf8'), '{"step":1}\n{"step":2}\n');
  });

  it('refuses to resume with another recipe or other data, and names what differs', async () => {
    const dir = join(folder, 'other');
    const recipe = recipeOf();
    const run = await prepareRun(recipe);
    await beginRun(dir, run);
    await losses(run, 1);
    await saveStep(dir, run, null);
    run.dispose();
    await assert.rejects(
      resumeRun(dir, recipeOf({ learningRate: 1 })),
      /train\.learningRate: expected 0\.01.*got 1;/,
    );
    (await resumeRun(dir, recipeOf({ saveEvery: 5 }))).run.dispose();
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('red', 'pink'));
    await assert.rejects(resumeRun(dir, recipe), /expected the data that the run began with/);
    writeFileSync(file, before);
    await assert.rejects(
      resumeRun(join(folder, 'nothing'), recipe),
      /expected a saved step to go on from, got none; run without --resume$/,
    );
  });

  it('stops on a loss that is not finite, naming step, rate and examples, the model as it was', async () => {
    const run = await prepareRun(recipeOf());
    await losses(run, 2);
    const norm = run.model.parameters['model.norm.weight'];
    const before = await norm.data();
    norm.assign(tf.fill(norm.shape, Number.NaN));
    const weights = () => run.model.parameters['model.embed_tokens.weight'].data();
    const expected = await weights();
    await assert.rejects(losses(run), (error: Error) => {
      assert.match(
        error.message,
        /^step 3: expected a finite loss and gradient, got loss NaN .*learning rate 0\.00/,
      );
      assert.match(error.message, /Examples of the step: colour-\d-\d, /);
      return true;
    });
    assert.deepEqual(await weights(), expected);
    assert.deepEqual([run.step, run.optimizer.step], [2, 2]);
    norm.assign(tf.tensor(before));
    assert.equal((await losses(run)).length, 8);
    run.dispose();
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const run = await prepareRun(recipeOf());
    await losses(run, 1);
    await generate(run, ['1번 집의 색은?', '2번 배의 색은?']);
    const during = tf.memory().numTensors;
    await losses(run);
    await validate(run);
    await generate(run, ['1번 집의 색은?', '2번 배의 색은?']);
    assert.equal(tf.memory().numTensors, during);
    run.dispose();
    assert.equal(tf.memory().numTensors, before);
  });

  it('says why when no example fits', async () => {
    const recipe = recipeOf();
    await assert.rejects(
      prepareRun({ ...recipe, model: { ...recipe.model, maxSeqLen: 12 } }),
      /data\.train: expected at least one example that fits, got none: of \d+, \d+ were longer than model\.maxSeqLen 12/,
    );
  });
});
