/**
 * The text models of Gemma 3. Norms stand on both sides of attention and feed-forward, their weights around zero;
 * embeddings are scaled up; five of six layers see a window of tokens and have rotary positions of their own.
 */
import type { Architecture } from './architecture.ts';
import { ATTENTION } from './architecture.ts';
import { type Options, optionsOf } from './options.ts';
import { readRope } from './rope.ts';
import { typesOf, windowsBy } from './windows.ts';

const PATTERN = 6;

export const gemma3: Architecture = {
  name: 'Gemma3ForCausalLM',
  modelType: 'gemma3_text',
  activation: { option: 'hidden_activation', name: 'gelu_pytorch_tanh' },
  defaults: {
    vocab_size: 262_208,
    hidden_size: 2304,
    intermediate_size: 9216,
    num_hidden_layers: 26,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    hidden_activation: 'gelu_pytorch_tanh',
    max_position_embeddings: 131_072,
    tie_word_embeddings: true,
    sliding_window: 4096,
    query_pre_attn_scalar: 256,
    bos_token_id: 2,
    eos_token_id: 1,
    pad_token_id: 0,
  },
  read(options) {
    for (const option of ['attn_logit_softcapping', 'final_logit_softcapping']) {
      if (options.get(option) != null) throw options.bad(option, 'null, as in Gemma 3');
    }
    if (options.flag('use_bidirectional_attention'))
      throw options.bad('use_bidirectional_attention', 'false');
    const pattern = options.number('sliding_window_pattern', PATTERN);
    return {
      biases: options.flag('attention_bias') ? ATTENTION : [],
      headNorms: true,
      normOffset: 1,
      outputNorms: true,
      embeddingScale: Math.sqrt(options.number('hidden_size')),
      scoreDim: options.number('query_pre_attn_scalar'),
      windows: windowsBy(options, (layer) => (layer + 1) % pattern !== 0),
      ...readRotary(options),
    };
  },
  write: ({ biases, scoreDim, windows, windowRopeTheta, headDim, nLayers }) => ({
    attention_bias: biases.length > 0,
    query_pre_attn_scalar: scoreDim ?? headDim,
    sliding_window: windows.find((window) => window !== null) ?? null,
    layer_types: typesOf(windows.length > 0 ? windows : Array(nLayers).fill(null)),
    rope_local_base_freq: windowRopeTheta,
    attn_logit_softcapping: null,
    final_logit_softcapping: null,
  }),
};

/** One base for each kind of layer: `rope_local_base_freq`, or in transformers 5 an object for each. */
function readRotary(options: Options) {
  const { full_attention: full, sliding_attention: sliding } = (options.get('rope_parameters') ??
    {}) as Record<string, Record<string, unknown> | undefined>;
  const part = (given: Record<string, unknown> | undefined, name: string, theta: number) => {
    const parameters = given && { rope_parameters: { rope_theta: theta, ...given } };
    const all = {
      rope_theta: options.number(name, theta),
      rope_scaling: name === 'rope_theta' ? options.get('rope_scaling') : null,
    };
    const sizes = { max_position_embeddings: options.number('max_position_embeddings') };
    return readRope(optionsOf({ ...sizes, ...all, ...parameters }, {}, options.where));
  };
  const window = part(sliding, 'rope_local_base_freq', 10_000);
  if (window.ropeScaling !== null) throw options.bad('rope_parameters', 'no scaling in sliding_attention');
  return { ...part(full, 'rope_theta', 1_000_000), windowRopeTheta: window.ropeTheta };
}
