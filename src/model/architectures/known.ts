/**
 * What becomes of options of `config.json` that no architecture reads. Those known to change no number are passed over;
 * those that must have one value are checked; all others are refused where their name says that they belong to the
 * computation, else named in a warning. The lists were made from the config classes of transformers 4.38 to 5.24
 * (`scripts/golden/configKeys.py`), and a test holds them against these.
 */
import { isDeepStrictEqual } from 'node:util';
import { shown } from '../../shown.ts';
import { warn } from '../../warn.ts';
import type { Options } from './options.ts';

/** They say where a model comes from, how it is loaded, labels of other heads, or how PyTorch computes the same. */
const ABOUT_THE_MODEL = [
  ...['architectures', 'model_type', 'transformers_version', '_name_or_path', 'name_or_path', '_commit_hash'],
  ...[
    'dtype',
    'torch_dtype',
    'use_bfloat16',
    'torchscript',
    'tf_legacy_loss',
    'initializer_range',
    'trust_remote_code',
  ],
  ...[
    'return_dict',
    'use_return_dict',
    'output_hidden_states',
    'output_attentions',
    'tie_last_hidden_states',
  ],
  ...[
    'id2label',
    'label2id',
    'num_labels',
    'problem_type',
    'finetuning_task',
    'task_specific_params',
    'prefix',
  ],
  ...['tokenizer_class', 'sep_token_id', 'decoder_start_token_id', 'is_decoder', 'chunk_size_feed_forward'],
  ...['pretraining_tp', 'use_cache', 'cache_implementation', 'gradient_checkpointing', 'generation_config'],
  ...['_attn_implementation', '_attn_implementation_internal', '_attn_implementation_autoset'],
  ...[
    'attn_implementation',
    '_flash_attn_2_enabled',
    'use_flash_attn',
    'use_flash_attention',
    'flash_attention',
  ],
  ...['_experts_implementation', 'experts_implementation', 'base_model_tp_plan', 'base_model_pp_plan'],
  ...['is_llama_config', 'max_sequence_length', 'model_max_length', 'transformers.js_config'],
  ...['unsloth_fixed', 'unsloth_version'],
];

/** Settings of generation, which transformers 5 too does not take from `config.json`. */
const GENERATION = [
  ...['assistant_confidence_threshold', 'assistant_lookbehind', 'bad_words_ids', 'begin_suppress_tokens'],
  ...['diversity_penalty', 'do_sample', 'early_stopping', 'encoder_no_repeat_ngram_size', 'epsilon_cutoff'],
  ...['encoder_repetition_penalty', 'eta_cutoff', 'exponential_decay_length_penalty', 'forced_bos_token_id'],
  ...[
    'forced_eos_token_id',
    'length_penalty',
    'max_length',
    'max_new_tokens',
    'min_length',
    'no_repeat_ngram_size',
  ],
  ...['num_assistant_tokens', 'num_assistant_tokens_schedule', 'num_beam_groups', 'num_beams', 'min_p'],
  ...['num_return_sequences', 'output_scores', 'remove_invalid_values', 'repetition_penalty'],
  ...[
    'return_dict_in_generate',
    'suppress_tokens',
    'target_lookbehind',
    'temperature',
    'top_k',
    'top_p',
    'typical_p',
  ],
];

const HARMLESS = new Set([...ABOUT_THE_MODEL, ...GENERATION]);

/** Options of one architecture or another that change numbers, and the value with which they change none. */
const PLAIN: Record<string, unknown> = {
  is_encoder_decoder: false,
  add_cross_attention: false,
  tie_encoder_decoder: false,
  pruned_heads: {},
  attention_bias: false,
  mlp_bias: false,
  partial_rotary_factor: 1,
  rope_interleaved: false,
  use_mrope: false,
  use_bidirectional_attention: false,
  use_sliding_window: false,
};

/** Parts of names that belong to the computation, so that to pass over such an option would change numbers. */
const COMPUTES = new RegExp(
  [
    ...['norm', 'eps', 'attention', 'attn', 'head', 'layer', 'block', 'rope', 'rotary', 'position', 'theta'],
    ...[
      'scal',
      'multipl',
      'factor',
      'bias',
      'expert',
      'moe',
      'router',
      'window',
      'softcap',
      'clip',
      'parallel',
    ],
    ...['alibi', 'mlp', 'ffn', 'feed', 'conv', 'mask', 'chunk', 'residual', 'embed', 'logit', 'activation'],
    ...[
      'hidden',
      'act',
      'quant',
      'compress',
      'spars',
      'prun',
      'mup',
      'ssm',
      'mamba',
      'state',
      'gate',
      'gating',
    ],
    ...[
      'query',
      'key',
      'value',
      'qk',
      'qkv',
      'kv',
      'rank',
      'lora',
      'tie',
      'dim',
      'size',
      'width',
      'num',
      'config',
    ],
  ]
    .map((word) => (word.length > 3 ? word : `(?<![a-z])${word}(?![a-z])`))
    .join('|'),
  'i',
);

/** Of an unknown option: what switches it off, as far as a value can say. */
const isOff = (value: unknown) =>
  value === false ||
  value === 0 ||
  value === '' ||
  (typeof value === 'object' && value !== null && Object.keys(value).length === 0);

/**
 * Checks all options that nobody read.
 * @param name of the model's class
 * @throws UserError naming an option that would change numbers
 */
export function checkUnread(options: Options, name: string): void {
  const passedOver: string[] = [];
  for (const [field, value] of options.unread()) {
    if (HARMLESS.has(field)) continue;
    if (Object.hasOwn(PLAIN, field)) {
      if (isDeepStrictEqual(value, PLAIN[field])) continue;
      throw options.bad(field, `${shown(PLAIN[field])}, the only value supported for ${name}`);
    }
    if (field === 'auto_map') {
      warn(`${options.where}: auto_map: the code that it names is not run; the model is read as ${name}`);
      continue;
    }
    if (field === 'attention_dropout') {
      if (value !== 0)
        warn(`${options.where}: attention_dropout: ${shown(value)} is not applied in training, 0 is`);
      continue;
    }
    if (COMPUTES.test(field) && !isOff(value)) {
      throw options.bad(
        field,
        `no option of this name, which may change what the model computes and is not known for ${name}`,
        /quanti|compress/.test(field)
          ? 'take the same model in bfloat16, float16 or float32'
          : 'remove it from the file if it changes nothing',
      );
    }
    passedOver.push(`${field}: ${shown(value)}`);
  }
  if (passedOver.length === 0) return;
  warn(`${options.where}: ${passedOver.join(', ')}: not known for ${name}, passed over`);
}
