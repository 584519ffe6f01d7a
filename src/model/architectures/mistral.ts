/** Mistral: a Llama whose queries see a window of tokens. */
import { type Architecture, SILU } from './architecture.ts';
import { sameWindows } from './windows.ts';

export const mistral: Architecture = {
  name: 'MistralForCausalLM',
  modelType: 'mistral',
  activation: SILU,
  defaults: {
    num_key_value_heads: 8,
    max_position_embeddings: 131_072,
    sliding_window: 4096,
  },
  read: (options) => ({ windows: sameWindows(options) }),
  write: ({ windows }) => ({ sliding_window: windows[0] ?? null }),
};
