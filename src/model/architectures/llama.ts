/** Llama 1 to 3.x, SmolLM, TinyLlama and all that are built like them. Biases are options. */
import { type Architecture, ATTENTION, FEED_FORWARD, SILU } from './architecture.ts';
import { noWindows } from './windows.ts';

export const llama: Architecture = {
  name: 'LlamaForCausalLM',
  modelType: 'llama',
  activation: SILU,
  defaults: { max_position_embeddings: 2048 },
  read: (options) => ({
    windows: noWindows(options),
    biases: [
      ...(options.flag('attention_bias') ? ATTENTION : []),
      ...(options.flag('mlp_bias') ? FEED_FORWARD : []),
    ],
  }),
  write: ({ biases }) => ({
    attention_bias: biases.includes(ATTENTION[0]),
    mlp_bias: biases.includes(FEED_FORWARD[0]),
  }),
};
