import assert from 'node:assert/strict';
import { fromHuggingFace, toHuggingFace } from '../../src/model/architectures/huggingFace.ts';
import { initialValues, parameterCount, parameterShapes } from '../../src/model/parameters.ts';
import { stderrOf } from '../support/modelFolder.ts';
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

  it('refuses two spellings that contradict each other, and reads two that agree', () => {
    const { rope_theta, ...rest } = toHuggingFace({ ...tinyConfig, maxSeqLen: 64 });
    const linear = { rope_type: 'linear', factor: 2 };
    const read = (change: Record<string, unknown>) => fromHuggingFace({ ...rest, ...change }, 'c');
    const both = { rope_theta: 5e5, rope_scaling: linear, rope_parameters: { ...linear, rope_theta: 5e5 } };
    assert.deepEqual(read(both), read({ rope_theta: 5e5, rope_scaling: linear }));
    assert.deepEqual(read({ rope_scaling: {}, rope_parameters: null }), read({}));
    const bad: [Record<string, unknown>, RegExp][] = [
      [
        { ...both, rope_theta: 1e4 },
        /rope_parameters: rope_theta: expected 10000, as rope_theta beside it says, got 500000/,
      ],
      [
        { rope_scaling: linear, rope_parameters: { ...linear, factor: 4 } },
        /rope_parameters: expected the same as rope_scaling, .*"factor":2.*, got .*"factor":4.*; keep the one/,
      ],
      [
        { rope_scaling: linear, rope_parameters: { rope_type: 'default' } },
        /expected the same as rope_scaling/,
      ],
      [
        { rope_scaling: { ...linear, type: 'yarn' } },
        /rope_scaling: type: expected "linear", as rope_type says/,
      ],
      [
        { rope_scaling: { factor: 8 } },
        /rope_scaling: factor: expected no option of this name for rope_type "default"/,
      ],
      [{ rope_parameters: { full_attention: linear } }, /full_attention: expected no option of this name/],
      [
        { rope_parameters: { ...linear, mrope_section: [1] } },
        /mrope_section: expected no option of this name for .*"linear"/,
      ],
      [{ rope_scaling: [linear] }, /rope_scaling: expected an object or null/],
    ];
    for (const [change, message] of bad) assert.throws(() => read(change), message, JSON.stringify(change));
  });

  it('reads the rotary positions of Gemma 3 in both spellings, and refuses those of no kind of layer', () => {
    const { architectures, rope_theta, hidden_act, ...rest } = toHuggingFace(tinyConfig);
    const gemma = { ...rest, model_type: 'gemma3_text' };
    const read = (change: Record<string, unknown>) => fromHuggingFace({ ...gemma, ...change }, 'c');
    const linear = { rope_type: 'linear', factor: 8 };
    const four = read({ rope_theta: 5e5, rope_local_base_freq: 300, rope_scaling: linear });
    const nested = {
      full_attention: { ...linear, rope_theta: 5e5 },
      sliding_attention: { rope_type: 'default', rope_theta: 300 },
    };
    assert.deepEqual(read({ rope_parameters: nested }), four);
    assert.deepEqual([four.ropeTheta, four.windowRopeTheta, four.ropeScaling?.type], [5e5, 300, 'linear']);
    assert.deepEqual([read({}).ropeTheta, read({}).windowRopeTheta], [1e6, 1e4]);
    assert.throws(
      () => read({ rope_parameters: linear }),
      /rope_type: expected full_attention and sliding_attention/,
    );
    assert.throws(
      () => read({ rope_parameters: nested, rope_local_base_freq: 1e4 }),
      /sliding_attention: rope_theta: expected 10000, as rope_local_base_freq beside it says, got 300/,
    );
  });

  for (const modelType of ['llama', 'mistral', 'qwen2', 'qwen3', 'gemma3_text']) {
    it(`knows no end token where none is given: ${modelType}`, async () => {
      const { architectures, hidden_act, eos_token_id, ...rest } = toHuggingFace(tinyConfig);
      const read = (change: object) => fromHuggingFace({ ...rest, model_type: modelType, ...change }, 'c');
      for (const change of [{}, { eos_token_id: null }, { eos_token_id: [] }, { eos_token_id: -1 }]) {
        const { eosId, stopIds, padId } = read({ ...change, pad_token_id: null, bos_token_id: null });
        assert.deepEqual([eosId, stopIds, padId], [null, [], 0], JSON.stringify(change));
      }
      let found: number[] = [];
      const said = await stderrOf(() => {
        const { eosId, stopIds } = read({ eos_token_id: [4, 61, 5] });
        found = [eosId ?? -1, ...stopIds];
      });
      assert.deepEqual(found, [4, 5]);
      // The same line is printed once in a process.
      assert.match(said, /^(Warning: c: eos_token_id: 61 is outside of the vocabulary .*\n)?$/);
      assert.equal(toHuggingFace(read({ eos_token_id: null })).eos_token_id, null);
    });
  }

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
    [
      'layers without end',
      { num_hidden_layers: 1e6 },
      /num_hidden_layers: expected a whole number up to 10000, got 1000000/,
    ],
    [
      'half a layer',
      { num_hidden_layers: 2.5 },
      /num_hidden_layers: expected a whole number up to 10000, got 2.5/,
    ],
    ['a vocabulary without end', { vocab_size: 1e12 }, /vocab_size: expected a whole number up to/],
    ['heads without end', { head_dim: 1e9 }, /head_dim: expected a whole number up to 65536, got 1000000000/],
    [
      'a width that no heads share',
      { head_dim: null, hidden_size: 25 },
      /head_dim: .* up to 65536, got 6.25/,
    ],
    [
      'a length without end',
      { max_position_embeddings: 1e30 },
      /max_position_embeddings: expected a whole number/,
    ],
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
