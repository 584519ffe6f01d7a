/** Qwen 3: queries and keys are normed head by head, the width of a head is an option, biases are options too. */
import { type Architecture, ATTENTION, SILU } from './architecture.ts';
import { readWindows, writeWindows } from './windows.ts';

export const qwen3: Architecture = {
  name: 'Qwen3ForCausalLM',
  modelType: 'qwen3',
  activation: SILU,
  defaults: {
    num_key_value_heads: 32,
    head_dim: 128,
    max_position_embeddings: 32_768,
    sliding_window: 4096,
    max_window_layers: 28,
  },
  read: (options) => ({
    biases: options.flag('attention_bias') ? ATTENTION : [],
    headNorms: true,
    windows: readWindows(options),
  }),
  write: (config) => ({ attention_bias: config.biases.length > 0, ...writeWindows(config) }),
};
