/** Mistral: a Llama whose queries see a window of tokens. */
import { type Architecture, SILU } from './architecture.ts';

export const mistral: Architecture = {
  name: 'MistralForCausalLM',
  modelType: 'mistral',
  activation: SILU,
  defaults: {
    num_key_value_heads: 8,
    max_position_embeddings: 131_072,
    sliding_window: 4096,
    bos_token_id: 1,
    eos_token_id: 2,
  },
  read(options) {
    const window = options.get('sliding_window') === null ? null : options.number('sliding_window');
    const layers = options.number('num_hidden_layers');
    return { windows: window === null ? [] : Array(layers).fill(window) };
  },
  write: ({ windows }) => ({ sliding_window: windows[0] ?? null }),
};
