/** Qwen 2 and 2.5: queries, keys and values have a bias, and layers may see a window of tokens. */
import { type Architecture, ATTENTION, SILU } from './architecture.ts';
import { readWindows, writeWindows } from './windows.ts';

export const qwen2: Architecture = {
  name: 'Qwen2ForCausalLM',
  modelType: 'qwen2',
  activation: SILU,
  defaults: {
    num_key_value_heads: 32,
    max_position_embeddings: 32_768,
    sliding_window: 4096,
    max_window_layers: 28,
  },
  read(options) {
    // Some files have it, though which projections have a bias is not an option here; the tensors must show it.
    options.get('attention_bias');
    return { biases: ATTENTION.slice(0, 3), windows: readWindows(options) };
  },
  write: writeWindows,
};
