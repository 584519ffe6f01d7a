/**
 * The text models of Gemma 3. Norms stand on both sides of attention and feed-forward, their weights around zero;
 * embeddings are scaled up; five of six layers see a window of tokens and have rotary positions of their own.
 */
import type { Architecture } from './architecture.ts';
import { ATTENTION, MOST } from './architecture.ts';
import { type Options, optionsOf } from './options.ts';
import { objectOf, readSpellings } from './rope.ts';
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
  },
  read(options) {
    for (const option of ['attn_logit_softcapping', 'final_logit_softcapping']) {
      if (options.get(option) !== undefined) throw options.bad(option, 'null, as in Gemma 3');
    }
    if (options.flag('use_bidirectional_attention'))
      throw options.bad('use_bidirectional_attention', 'false');
    const pattern = patternOf(options);
    return {
      biases: options.flag('attention_bias') ? ATTENTION : [],
      headNorms: true,
      normOffset: 1,
      outputNorms: true,
      embeddingScale: Math.sqrt(options.number('hidden_size')),
      scoreDim: options.number('query_pre_attn_scalar'),
      windows: windowsBy(options, (layer) => (layer + 1) % pattern !== 0),
    };
  },
  readRotary,
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

/** n, where every n-th layer sees all tokens. Where layers are listed one by one, the list alone counts. */
function patternOf(options: Options): number {
  const own = options.get('_sliding_window_pattern') ?? PATTERN;
  const pattern = options.count('sliding_window_pattern', { most: MOST.layers, fallback: PATTERN });
  if (own === pattern || options.get('layer_types') !== undefined) return pattern;
  throw options.bad('_sliding_window_pattern', `${pattern}, or layer_types beside it`);
}

/** One base for each kind of layer: `rope_local_base_freq`, or in transformers 5 an object for each. */
function readRotary(options: Options) {
  const field = 'rope_parameters';
  const kinds = optionsOf(objectOf(options, field) ?? {}, {}, `${options.where}: ${field}`);
  const [full, sliding] = ['full_attention', 'sliding_attention'].map((kind) => ({
    field: `${field}: ${kind}`,
    given: objectOf(kinds, kind),
  }));
  const [other] = kinds.unread();
  if (other) throw kinds.bad(other[0], 'full_attention and sliding_attention, an object for each');
  const window = readSpellings(options, { field: 'rope_local_base_freq', fallback: 10_000 }, [sliding]);
  if (window.ropeScaling !== null) throw options.bad(field, 'no scaling in sliding_attention');
  const scaling = { field: 'rope_scaling', given: objectOf(options, 'rope_scaling') };
  const rest = readSpellings(options, { field: 'rope_theta', fallback: 1_000_000 }, [scaling, full]);
  return { ...rest, windowRopeTheta: window.ropeTheta };
}
