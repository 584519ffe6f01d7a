import assert from 'node:assert/strict';
import { fromHuggingFace, toHuggingFace } from '../../src/model/config.ts';
import { initialValues, parameterCount, parameterShapes } from '../../src/model/parameters.ts';
import { tinyConfig } from '../support/tiny.ts';

describe('config.json', () => {
  it('comes back as it was written', () => {
    for (const config of [
      tinyConfig,
      { ...tinyConfig, bosId: 3, eosId: 4, tieEmbeddings: false, nKvHeads: 1 },
    ]) {
      assert.deepEqual(fromHuggingFace(toHuggingFace(config), 'config.json'), config);
    }
  });

  it('reads what transformers leaves out: key heads, head width, pad', () => {
    const { num_key_value_heads, head_dim, pad_token_id, ...rest } = toHuggingFace({
      ...tinyConfig,
      dModel: 32,
    });
    const config = fromHuggingFace({ ...rest, eos_token_id: [7, 8] }, 'config.json');
    assert.deepEqual([config.nKvHeads, config.headDim, config.eosId, config.padId], [4, 8, 7, 7]);
  });

  it('reads the rotary base of transformers 5', () => {
    const { rope_theta, ...rest } = toHuggingFace(tinyConfig);
    const config = fromHuggingFace(
      { ...rest, rope_parameters: { rope_type: 'default', rope_theta: 5e5 } },
      'c',
    );
    assert.equal(config.ropeTheta, 5e5);
  });

  const bad: [string, Record<string, unknown>, RegExp][] = [
    ['another architecture', { model_type: 'gpt2' }, /c\.json: model_type: got "gpt2"; supported/],
    ['an attention bias', { attention_bias: true }, /attention_bias: got true/],
    [
      'scaled positions',
      { rope_scaling: { rope_type: 'llama3' } },
      /rope_scaling: got \{"rope_type":"llama3"\}/,
    ],
    ['a missing width', { hidden_size: undefined }, /hidden_size: expected a number > 0, got undefined/],
    ['a width that is text', { hidden_size: '24' }, /hidden_size: expected a number > 0, got "24"/],
    ['no end token', { eos_token_id: null }, /eos_token_id: expected an id, got null/],
  ];
  for (const [what, change, message] of bad) {
    it(`refuses ${what}`, () => {
      assert.throws(() => fromHuggingFace({ ...toHuggingFace(tinyConfig), ...change }, 'c.json'), message);
    });
  }
});

describe('parameters', () => {
  it('are named and shaped as in transformers', () => {
    const shapes = parameterShapes({ ...tinyConfig, tieEmbeddings: false });
    assert.deepEqual(shapes['model.layers.1.self_attn.k_proj.weight'], [16, 24]);
    assert.deepEqual(shapes['model.layers.0.mlp.down_proj.weight'], [24, 40]);
    assert.deepEqual(shapes['lm_head.weight'], [61, 24]);
    assert.equal(Object.keys(shapes).length, 2 * 9 + 3);
    assert.ok(!('lm_head.weight' in parameterShapes(tinyConfig)));
    assert.equal(
      parameterCount(tinyConfig),
      61 * 24 + 24 + 2 * (2 * 24 + 32 * 24 * 2 + 16 * 24 * 2 + 3 * 24 * 40),
    );
  });

  it('begin with the spread asked for, the same for the same seed', () => {
    const config = { ...tinyConfig, vocabSize: 5000 };
    const values = initialValues(config, 0.05, 3);
    const embedding = values['model.embed_tokens.weight'];
    const std = Math.sqrt(embedding.reduce((sum, x) => sum + x * x, 0) / embedding.length);
    assert.ok(Math.abs(std - 0.05) < 5e-4, `${std}`);
    const output = values['model.layers.0.mlp.down_proj.weight'];
    const outputStd = Math.sqrt(output.reduce((sum, x) => sum + x * x, 0) / output.length);
    assert.ok(Math.abs(outputStd - 0.025) < 2e-3, `${outputStd}`);
    assert.deepEqual(initialValues(config, 0.05, 3), values);
    assert.notDeepEqual(initialValues(config, 0.05, 4)['model.embed_tokens.weight'], embedding);
  });
});
