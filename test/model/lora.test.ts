/** Low-rank adapters: equal to the base at first, trained alone, and the same when merged. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { isAdapter, readLora } from '../../src/checkpoint/adapterConfig.ts';
import { mergeAdapter } from '../../src/checkpoint/merge.ts';
import { loadModel, readModel, saveModel } from '../../src/checkpoint/model.ts';
import { readHeader } from '../../src/checkpoint/safetensors.ts';
import { lendValues } from '../../src/compile/index.ts';
import { toHuggingFace } from '../../src/model/architectures/huggingFace.ts';
import { forward, type Model } from '../../src/model/decoder.ts';
import type { Lora } from '../../src/model/lora.ts';
import { adaptersOf, allAdapterShapes } from '../../src/model/loraTargets.ts';
import { disposeParameters, parameterShapes, trainedOf } from '../../src/model/parameters.ts';
import { startTensorFlow } from '../../src/runtime/start.ts';
import { bpeTokenizer, trainBpe } from '../../src/tokenizer/bpe.ts';
import type { Tokenizer } from '../../src/tokenizer/tokenizer.ts';
import { meanLoss } from '../../src/train/gradients.ts';
import { disposeAdamW, initAdamW } from '../../src/train/optimizer.ts';
import { makePrograms } from '../../src/train/programs.ts';
import { temporaryFolder } from '../support/files.ts';
import { stderrOf, writeModel } from '../support/modelFolder.ts';
import { batchOf, encoded, tinyConfig, tinyModel } from '../support/tiny.ts';

describe('lora', () => {
  const dir = temporaryFolder();
  const base = join(dir, 'base');
  let tokenizer: Tokenizer;
  const lora: Lora = {
    ...{ base, rank: 3, alpha: 6, rankStabilized: false, dropout: 0 },
    targets: ['q_proj', 'v_proj', 'down_proj'],
  };
  const batch = batchOf(encoded([3, 4, 5, 6, 7, 8], 2), encoded([9, 10, 11], 1));

  before(async () => {
    await startTensorFlow();
    tokenizer = await bpeTokenizer(trainBpe(['가 나 다'], { vocabSize: 257 }));
    const model = tinyModel({ vocabSize: 300 });
    await saveModel(base, model, tokenizer);
    disposeParameters(model.parameters);
  });

  function hidden(model: Model): number[] {
    return tf.tidy(() => {
      const row = (values: number[]) => tf.tensor2d([values], [1, values.length], 'int32');
      const inputs = { tokens: row([3, 4, 5]), positions: row([0, 1, 2]), segmentIds: row([0, 0, 0]) };
      return [...forward(model, inputs).dataSync<'float32'>()];
    });
  }
  const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);

  /** Some steps. @returns losses */
  async function tune(model: Model, steps: number, mode: 'graph' | 'eager', dropout = 0): Promise<number[]> {
    const optimizer = await initAdamW(trainedOf(model.parameters), mode);
    const options = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0, clipNorm: 1, dropout };
    const programs = makePrograms(model, optimizer, {
      ...options,
      ...{ mode, precision: 'float32', gradientCheckpointing: false, seed: 1 },
    });
    const losses: number[] = [];
    for (let step = 0; step < steps; step++)
      losses.push(meanLoss((await programs.step([batch], 0.02)).spans));
    programs.dispose();
    disposeAdamW(optimizer);
    return losses;
  }

  it('has matrices of its rank beside the projections that it is for, and no others', () => {
    const shapes = allAdapterShapes(tinyConfig, lora);
    assert.equal(Object.keys(shapes).length, 2 * 3 * 2);
    assert.deepEqual(shapes['model.layers.1.self_attn.v_proj.lora_A.weight'], [3, 24]);
    assert.deepEqual(shapes['model.layers.1.self_attn.v_proj.lora_B.weight'], [16, 3]);
    assert.deepEqual(shapes['model.layers.0.mlp.down_proj.lora_A.weight'], [3, 40]);
    const scaleOf = (lora: Lora) =>
      adaptersOf(tinyConfig, lora).get('model.layers.0.self_attn.q_proj')?.scale;
    assert.deepEqual([scaleOf(lora), scaleOf({ ...lora, rankStabilized: true })], [2, 6 / Math.sqrt(3)]);
  });

  it('is for projections with a bias too', () => {
    const names = (biases: string[]) => [...adaptersOf({ ...tinyConfig, biases }, { ...lora }).keys()];
    assert.deepEqual(names(['self_attn.q_proj', 'mlp.down_proj']), names([]));
  });

  it('begins equal to its base, with adapters alone to be trained', async () => {
    const plain = await readModel(base);
    const adapted = await readModel(base, { lora });
    assert.deepEqual(hidden(adapted), hidden(plain));
    assert.deepEqual(
      Object.keys(trainedOf(adapted.parameters)),
      Object.keys(allAdapterShapes(plain.config, lora)),
    );
    const again = await readModel(base, { lora, seed: 1 });
    const name = 'model.layers.0.self_attn.q_proj.lora_A.weight';
    const values = (model: Model) => lendValues(model.parameters[name], (values) => values.slice());
    assert.notDeepEqual(await values(adapted), await values(again));
    assert.ok((await values(adapted)).every((value) => Math.abs(value) <= 1 / Math.sqrt(24)));
    for (const model of [plain, adapted, again]) disposeParameters(model.parameters);
  });

  for (const mode of ['graph', 'eager'] as const) {
    it(`learns, and leaves the base as it was (${mode})`, async () => {
      const model = await readModel(base, { mode, lora });
      const frozen = Object.entries(model.parameters).filter(([, { trainable }]) => !trainable);
      const read = () => Promise.all(frozen.map(([, one]) => lendValues(one, (values) => values.slice())));
      const before = await read();
      const losses = await tune(model, 30, mode);
      assert.ok(losses[29] < 0.5 * losses[0], `${losses[0]} to ${losses[29]}`);
      assert.deepEqual(await read(), before);
      disposeParameters(model.parameters);
    });
  }

  it('is saved as PEFT has it, loaded, tuned further, and merged', async () => {
    const model = await readModel(base, { lora });
    await tune(model, 5, 'graph');
    const expected = hidden(model);
    const saved = join(dir, 'adapter');
    await saveModel(saved, model, tokenizer);
    assert.ok(isAdapter(saved));
    const names = [...(await readHeader(join(saved, 'adapter_model.safetensors'))).keys()];
    assert.ok(names.includes('base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight'));
    assert.equal(names.length, 12);
    assert.deepEqual(await readLora(saved), lora);

    const loaded = await loadModel(saved, { precision: 'float32' });
    assert.deepEqual(hidden(loaded.model), expected);
    assert.deepEqual(trainedOf(loaded.model.parameters), {});
    loaded.dispose();
    const further = await readModel(saved);
    assert.equal(Object.keys(trainedOf(further.parameters)).length, 12);
    const [first] = await tune(further, 1, 'graph');
    const [there] = await tune(model, 1, 'graph');
    assert.equal(first, there);
    disposeParameters(further.parameters);

    const output = join(dir, 'merged');
    await mergeAdapter(saved, output);
    const merged = await loadModel(output, { precision: 'float32' });
    assert.equal(merged.model.lora, undefined);
    const difference = largest(hidden(merged.model), expected);
    assert.ok(difference < 1e-5, `differs by ${difference}`);
    merged.dispose();
    disposeParameters(model.parameters);
  });

  it('tells of a base that has other weights than when it was trained, but not of the same in bf16', async () => {
    const moved = join(dir, 'moved');
    const saved = join(dir, 'marked');
    const config = { ...tinyConfig, vocabSize: 300 };
    const write = (seed: number, dtype?: string) =>
      writeModel(moved, toHuggingFace(config), parameterShapes(config), { seed, dtype });
    await write(7);
    const model = await readModel(moved, { lora: { ...lora, base: moved } });
    await saveModel(saved, model, tokenizer);
    disposeParameters(model.parameters);
    const said = () => stderrOf(async () => disposeParameters((await readModel(saved)).parameters));
    assert.equal(await said(), '');
    await write(7, 'BF16');
    assert.equal(await said(), '');
    await write(8);
    assert.match(await said(), /^Warning: .*marked: its base model has other weights now/);
  });

  it('drops out what adapters read, in training alone', async () => {
    const model = await readModel(base, { lora: { ...lora, dropout: 0.5 } });
    await tune(model, 3, 'graph');
    const found = hidden(model);
    assert.deepEqual(hidden(model), found);
    model.lora = { ...lora, dropout: 0 };
    assert.deepEqual(hidden(model), found);
    const [without] = await tune(model, 1, 'graph');
    disposeParameters(model.parameters);
    const other = await readModel(base, { lora: { ...lora, dropout: 0.5 } });
    await tune(other, 3, 'graph');
    const [dropped] = await tune(other, 1, 'graph');
    assert.notEqual(dropped, without);
    disposeParameters(other.parameters);
  });

  const bad: [string, Record<string, unknown>, RegExp][] = [
    [
      'another kind of adapter',
      { peft_type: 'IA3' },
      /adapter_config\.json: peft_type: expected "LORA", got "IA3"/,
    ],
    ['biases', { bias: 'all' }, /bias: expected "none", got "all"/],
    ['DoRA', { use_dora: true }, /use_dora: expected false, got true/],
    ['whole modules', { modules_to_save: ['lm_head'] }, /modules_to_save: expected none, got \["lm_head"\]/],
    [
      'ranks that are none',
      { rank_pattern: { q_proj: 0 } },
      /rank_pattern: expected numbers > 0 by patterns/,
    ],
    [
      'other targets',
      { target_modules: ['embed_tokens'] },
      /target_modules: expected some of q_proj, .*embed_tokens/,
    ],
    [
      'a base that is not there',
      { base_model_name_or_path: 'meta/llama' },
      /expected the directory of a model, got "meta\/llama"/,
    ],
    ['no rank', { r: 0 }, /r: expected a number > 0, got 0/],
  ];
  for (const [what, change, message] of bad) {
    it(`refuses ${what}`, async () => {
      const folder = join(dir, 'bad');
      mkdirSync(folder, { recursive: true });
      const good = JSON.parse(readFileSync(join(dir, 'adapter/adapter_config.json'), 'utf8'));
      writeFileSync(join(folder, 'adapter_config.json'), JSON.stringify({ ...good, ...change }));
      await assert.rejects(readLora(folder), message);
    });
  }

  it('names the adapter that does not fit', async () => {
    const folder = join(dir, 'misfit');
    const model = await readModel(base, { lora });
    await saveModel(folder, model, tokenizer);
    disposeParameters(model.parameters);
    const file = join(folder, 'adapter_config.json');
    const good = readFileSync(file, 'utf8');
    writeFileSync(file, good.replace('"r": 3', '"r": 4'));
    await assert.rejects(loadModel(folder), /lora_A\.weight: expected shape \[4,24\], got \[3,24\]/);
    writeFileSync(file, good.replace(/"target_modules": \[[^\]]*\]/, '"target_modules": ["q_proj"]'));
    await assert.rejects(loadModel(folder), /an adapter that adapter_config\.json does not ask for/);
  });
});
