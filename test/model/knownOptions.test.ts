/**
 * All options that transformers 4.38 to 5.24 writes into config.json: their defaults are read without a word, and no
 * other value is passed over in silence where it would change numbers. The golden file is made by
 * `scripts/golden/configKeys.py`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fromHuggingFace } from '../../src/model/architectures/huggingFace.ts';
import { stderrOf } from '../support/modelFolder.ts';

interface Entry {
  package: string;
  kind: string;
  versions: string[];
  options: Record<string, unknown>;
}
const golden: Entry[] = JSON.parse(
  readFileSync(new URL('../golden/configKeys.json', import.meta.url), 'utf8'),
);
const configs = golden.filter((one) => one.package === 'transformers');

/** Another value than a default. */
function other(value: unknown): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 2;
  if (typeof value === 'string') return `${value}x`;
  if (Array.isArray(value)) return [...value].reverse().map((one) => `${one}x`);
  return value === null ? 3 : { ...value, other: 1 };
}

/** They may be anything: where a model comes from, how PyTorch computes it, other heads, settings of generation. */
const SILENT = `
  _attn_implementation_autoset _name_or_path bad_words_ids begin_suppress_tokens cache_implementation
  chunk_size_feed_forward decoder_start_token_id diversity_penalty do_sample dtype early_stopping
  encoder_no_repeat_ngram_size exponential_decay_length_penalty finetuning_task forced_bos_token_id
  forced_eos_token_id id2label initializer_range is_decoder label2id length_penalty max_length min_length
  no_repeat_ngram_size num_beam_groups num_beams num_return_sequences output_attentions output_hidden_states
  output_scores prefix pretraining_tp problem_type remove_invalid_values repetition_penalty return_dict
  return_dict_in_generate sep_token_id suppress_tokens task_specific_params temperature tf_legacy_loss
  tokenizer_class top_k top_p torch_dtype torchscript typical_p use_bfloat16 use_cache
`
  .trim()
  .split(/\s+/);

describe('options of config.json', () => {
  let files = 0;
  /** What is read, what is said on stderr, or the error. */
  async function outcome(options: Record<string, unknown>): Promise<{ read?: object; said: string }> {
    // Each file of its own name: a warning is given once.
    const where = `config-${files++}.json`;
    let read: object | undefined;
    const said = await stderrOf(() => {
      try {
        read = fromHuggingFace(options, where);
      } catch (error) {
        process.stderr.write((error as Error).message);
      }
    });
    return { read, said: said.replaceAll(where, '') };
  }

  for (const { kind, versions, options } of configs) {
    it(`of ${kind} are read as transformers ${versions.join(', ')} writes them`, async () => {
      const { read, said } = await outcome(options);
      assert.equal(said, '');
      const nothing = Object.keys(options).filter((field) => options[field] === null);
      const without = Object.fromEntries(nothing.map((field) => [field, undefined]));
      // Null is the same as nothing, but for windows and shared keys, whose default is another than none.
      for (const field of ['sliding_window', 'num_key_value_heads']) delete without[field];
      assert.deepEqual((await outcome({ ...options, ...without })).read, read);
    });
  }

  it('that change numbers are not passed over in silence', async () => {
    for (const kind of ['llama', 'mistral', 'qwen2', 'qwen3', 'gemma3_text']) {
      const silent = new Set<string>();
      const told = new Set<string>();
      for (const { options } of configs.filter((one) => one.kind === kind)) {
        const plain = await outcome(options);
        for (const field of Object.keys(options)) {
          if (['architectures', 'model_type'].includes(field)) continue;
          const { read, said } = await outcome({ ...options, [field]: other(options[field]) });
          const same = said === '' && JSON.stringify(read) === JSON.stringify(plain.read);
          (same ? silent : told).add(field);
        }
      }
      // Where there are no windows their settings mean nothing, and where layers are listed the list decides.
      const useless = {
        qwen: ['max_window_layers', 'sliding_window'],
        gemm: ['_sliding_window_pattern'],
      }[kind.slice(0, 4)];
      const unexpected = [...silent].filter(
        (field) => !told.has(field) && ![...SILENT, ...(useless ?? [])].includes(field),
      );
      assert.deepEqual(unexpected, [], kind);
    }
  });

  const llama = { model_type: 'llama', vocab_size: 64, hidden_size: 8, intermediate_size: 16 };
  const plain = { ...llama, num_hidden_layers: 2, num_attention_heads: 2, eos_token_id: 1 };
  const cases: [string, Record<string, unknown>, RegExp][] = [
    ['attention dropout', { attention_dropout: 0.1 }, /^Warning: .*attention_dropout: 0.1 is not applied/],
    [
      'code of its own',
      { auto_map: { AutoModel: 'x.Y' } },
      /^Warning: .*auto_map: the code .* LlamaForCausalLM/,
    ],
    [
      'what nobody knows',
      { my_note: 'a', my_flag: false },
      /^Warning: .*my_note: "a", my_flag: false: not known/,
    ],
    ['a part that is switched off', { use_qk_norm: false }, /^Warning: .*use_qk_norm: false: not known/],
    [
      'a part of another model',
      { residual_multiplier: 0.2 },
      /residual_multiplier: expected no option of this name.*0\.2/,
    ],
    [
      'weights in few bits',
      { quantization_config: { bits: 4 } },
      /quantization_config: expected no option of this name.*; take the same model in bfloat16/,
    ],
    [
      'a model inside another',
      { text_config: { hidden_size: 8 } },
      /text_config: expected no option of this name/,
    ],
    [
      'heads rotated in part',
      { partial_rotary_factor: 0.5 },
      /partial_rotary_factor: expected 1, .*got 0\.5/,
    ],
    ['a window', { sliding_window: 8 }, /sliding_window: expected no option of this name/],
    [
      'windows by layer',
      { layer_types: ['sliding_attention', 'full_attention'] },
      /"full_attention" in all layers/,
    ],
    [
      'layers one by one',
      { per_layer_config: { 0: { hidden_size: 4 } } },
      /per_layer_config: expected no option/,
    ],
    ['another activation', { hidden_activation: 'gelu' }, /hidden_activation: expected "silu", got "gelu"/],
  ];
  for (const [what, change, message] of cases) {
    it(`name ${what}`, async () => assert.match((await outcome({ ...plain, ...change })).said, message));
  }
});
