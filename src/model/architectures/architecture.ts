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
  /** What transformers takes for options that a file leaves out; tokens are never taken from it. */
  defaults: Record<string, unknown>;
  /** @throws UserError naming the option that is wrong or not supported */
  read(options: Options): Differences;
  /** Rotary positions, where kinds of layers have their own. */
  readRotary?(options: Options): Pick<ModelConfig, 'ropeTheta' | 'ropeScaling' | 'windowRopeTheta'>;
  write(config: ModelConfig): Record<string, unknown>;
}

export const SILU: Architecture['activation'] = { option: 'hidden_act', name: 'silu' };

/** Bounds of sizes in `config.json`, far beyond any model: what is larger is an error, and is never allocated. */
export const MOST = {
  layers: 10_000,
  heads: 65_536,
  headDim: 65_536,
  width: 2 ** 24,
  vocab: 2 ** 26,
} as const;

export const ATTENTION = ['q_proj', 'k_proj', 'v_proj', 'o_proj'].map((name) => `self_attn.${name}`);
export const FEED_FORWARD = ['gate_proj', 'up_proj', 'down_proj'].map((name) => `mlp.${name}`);
