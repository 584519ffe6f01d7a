import assert from 'node:assert/strict';
import { fromHuggingFace, toHuggingFace } from '../../src/model/architectures/huggingFace.ts';
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
    assert.deepEqual(config.stopIds, [8]);
    assert.deepEqual(toHuggingFace(config).eos_token_id, [7, 8]);
  });

  it('reads rotary positions in both spellings', () => {
    const { rope_theta, ...rest } = toHuggingFace({ ...tinyConfig, maxSeqLen: 64 });
    const read = (change: Record<string, unknown>) => fromHuggingFace({ ...rest, ...change }, 'c');
    const llama3 = { rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 };
    for (const [four, five] of [
      [{ rope_theta: 5e5 }, { rope_parameters: { rope_type: 'default', rope_theta: 5e5 } }],
      [
        { rope_theta: 5e5, rope_scaling: { ...llama3, original_max_position_embeddings: 32 } },
        { rope_parameters: { ...llama3, rope_theta: 5e5, original_max_position_embeddings: 32 } },
      ],
      // the oldest files say type
      [
        { rope_scaling: { type: 'linear', factor: 2 } },
        { rope_parameters: { rope_type: 'linear', factor: 2 } },
      ],
    ]) {
      assert.deepEqual(read(four), read(five));
      assert.equal(read(four).ropeTheta, four.rope_theta ?? 10_000);
    }
    assert.deepEqual(read({ rope_scaling: { type: 'linear', factor: 2 } }).ropeScaling, {
      type: 'linear',
      factor: 2,
    });
    const yarn = read({ rope_scaling: { rope_type: 'yarn', factor: 4 } }).ropeScaling;
    assert.ok(yarn?.type === 'yarn' && yarn.originalMaxSeqLen === 64 && yarn.betaFast === 32);
    assert.ok(Math.abs(yarn.attentionFactor - 1.138629) < 1e-5);
  });

  it('takes what transformers takes for what a file leaves out', () => {
    const { num_key_value_heads, head_dim, sliding_window, ...rest } = toHuggingFace({
      ...tinyConfig,
      ...{ architecture: 'MistralForCausalLM', nHeads: 16, dModel: 64 },
    });
    const config = fromHuggingFace(rest, 'c');
    assert.deepEqual([config.nKvHeads, config.headDim, config.windows], [8, 4, [4096, 4096]]);
  });

  it('goes by architectures where there is no model_type', () => {
    const { model_type, ...rest } = toHuggingFace({
      ...tinyConfig,
      architecture: 'Qwen3ForCausalLM',
      headNorms: true,
    });
    assert.equal(fromHuggingFace(rest, 'c').architecture, 'Qwen3ForCausalLM');
  });

  const bad: [string, Record<string, unknown>, RegExp][] = [
    [
      'another architecture',
      { model_type: 'gpt2' },
      /c\.json: model_type: got "gpt2"; supported: llama \(Llama.*qwen3/,
    ],
    [
      'another head',
      { architectures: ['LlamaForSequenceClassification'] },
      /architectures: got "LlamaForSequenceClassification"; supported/,
    ],
    ['another activation', { hidden_act: 'gelu' }, /hidden_act: expected "silu", got "gelu"/],
    [
      'a bias that is no flag',
      { attention_bias: 'yes' },
      /attention_bias: expected true or false, got "yes"/,
    ],
    [
      'an unknown scaling',
      { rope_scaling: { rope_type: 'longrope' } },
      /c\.json: rope_scaling: rope_type: expected "default", "linear", "llama3" or "yarn", got "longrope"/,
    ],
    [
      'a scaling without its factor',
      { rope_parameters: { rope_type: 'linear' } },
      /rope_parameters: factor: expected a number > 0, got undefined/,
    ],
    [
      'heads rotated in part',
      { rope_scaling: { partial_rotary_factor: 0.5 } },
      /partial_rotary_factor: expected 1, .* got 0.5/,
    ],
    [
      'heads that do not share keys evenly',
      { num_key_value_heads: 3 },
      /num_key_value_heads: expected a divisor of/,
    ],
    [
      'capped logits, as of Gemma 2',
      { model_type: 'gemma3_text', final_logit_softcapping: 30 },
      /final_logit_softcapping: expected null, as in Gemma 3, got 30/,
    ],
    [
      'scaled positions within a window',
      {
        model_type: 'gemma3_text',
        rope_parameters: { sliding_attention: { rope_type: 'linear', factor: 2 } },
      },
      /rope_parameters: expected no scaling in sliding_attention, got/,
    ],
    ['a missing width', { hidden_size: undefined }, /hidden_size: expected a number > 0, got undefined/],
    ['a width that is text', { hidden_size: '24' }, /hidden_size: expected a number > 0, got "24"/],
    [
      'an end token that is text',
      { eos_token_id: '2' },
      /eos_token_id: expected an id, or a list of ids, got "2"/,
    ],
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
