/** What an architecture is to us: how its models differ from a plain Llama, read from their config and written to it. */
import type { ModelConfig } from '../config.ts';
import type { Options } from './options.ts';

/** The values of a config that differ from architecture to architecture. */
export type Differences = Pick<ModelConfig, 'biases' | 'headNorms' | 'windows'>;

export interface Architecture {
  /** Its class in transformers. */
  name: string;
  /** `model_type` in `config.json`. */
  modelType: string;
  /** What transformers takes for options that a file leaves out. */
  defaults: Record<string, unknown>;
  /** @throws UserError naming the option that is wrong or not supported */
  read(options: Options): Differences;
  write(config: ModelConfig): Record<string, unknown>;
}

export const ATTENTION = ['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name) => `self_attn.${name}`);
export const FEED_FORWARD = ['gate_proj', 'up_proj', 'down_proj'].map((name) => `mlp.${name}`);
