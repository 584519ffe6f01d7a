/** What an architecture is to us: how its models differ from a plain Llama, read from their config and written to it. */
import type { ModelConfig } from '../config.ts';
import type { Options } from './options.ts';

/** How a model differs from a plain Llama with the options that all of them have. */
export type Differences = Partial<ModelConfig>;

export interface Architecture {
  /** Its class in transformers. */
  name: string;
  /** `model_type` in `config.json`. */
  modelType: string;
  /** Where `config.json` tells its activation, and which that must be. */
  activation: { option: string; name: ModelConfig['activation'] };
  /** What transformers takes for options that a file leaves out. */
  defaults: Record<string, unknown>;
  /** @throws UserError naming the option that is wrong or not supported */
  read(options: Options): Differences;
  write(config: ModelConfig): Record<string, unknown>;
}

export const SILU: Architecture['activation'] = { option: 'hidden_act', name: 'silu' };

export const ATTENTION = ['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name) => `self_attn.${name}`);
export const FEED_FORWARD = ['gate_proj', 'up_proj', 'down_proj'].map((name) => `mlp.${name}`);
