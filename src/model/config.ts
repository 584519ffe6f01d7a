/**
 * The shape of a decoder, and its form on disk: a Hugging Face `config.json` of a LlamaForCausalLM.
 */
import { UserError } from '../errors.ts';

export interface ModelConfig {
  vocabSize: number;
  /** Width of the residual stream (`hidden_size`). */
  dModel: number;
  nLayers: number;
  /** Query heads. */
  nHeads: number;
  /** Key and value heads; divides `nHeads` (grouped-query attention). */
  nKvHeads: number;
  headDim: number;
  /** Inner width of the feed-forward layer (`intermediate_size`). */
  ffnDim: number;
  maxSeqLen: number;
  ropeTheta: number;
  /** Epsilon inside RMSNorm. */
  normEps: number;
  /** Whether the output matrix is the embedding (`tie_word_embeddings`). */
  tieEmbeddings: boolean;
  bosId: number | null;
  eosId: number;
  padId: number;
}

/** The `config.json` that transformers reads. */
export function toHuggingFace(config: ModelConfig): Record<string, unknown> {
  return {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    hidden_act: 'silu',
    vocab_size: config.vocabSize,
    hidden_size: config.dModel,
    num_hidden_layers: config.nLayers,
    num_attention_heads: config.nHeads,
    num_key_value_heads: config.nKvHeads,
    head_dim: config.headDim,
    intermediate_size: config.ffnDim,
    max_position_embeddings: config.maxSeqLen,
    rope_theta: config.ropeTheta,
    rms_norm_eps: config.normEps,
    tie_word_embeddings: config.tieEmbeddings,
    attention_bias: false,
    mlp_bias: false,
    bos_token_id: config.bosId,
    eos_token_id: config.eosId,
    pad_token_id: config.padId,
    torch_dtype: 'float32',
  };
}

/**
 * Reads a `config.json`.
 * @param where the file, for messages
 * @throws UserError naming the field, or the option that is not supported
 */
export function fromHuggingFace(json: Record<string, unknown>, where: string): ModelConfig {
  const number = (field: string, fallback?: number): number => {
    const value = json[field] ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
    throw new UserError(`${where}: ${field}: expected a number > 0, got ${JSON.stringify(value)}`);
  };
  const id = (value: unknown): number | null => (typeof value === 'number' ? value : null);
  const rope = (json.rope_parameters ?? {}) as Record<string, unknown>;
  const refused: [string, boolean][] = [
    ['model_type', json.model_type !== 'llama'],
    ['hidden_act', (json.hidden_act ?? 'silu') !== 'silu'],
    ['attention_bias', json.attention_bias === true],
    ['mlp_bias', json.mlp_bias === true],
    ['rope_scaling', json.rope_scaling != null],
    ['rope_parameters', (rope.rope_type ?? 'default') !== 'default'],
  ];
  for (const [field, bad] of refused) {
    if (bad) {
      const got = JSON.stringify(json[field]);
      throw new UserError(
        `${where}: ${field}: got ${got}; supported: model_type "llama", hidden_act "silu", no biases, no rope scaling`,
      );
    }
  }
  const nHeads = number('num_attention_heads');
  const dModel = number('hidden_size');
  const firstEos = Array.isArray(json.eos_token_id) ? json.eos_token_id[0] : json.eos_token_id;
  const eosId = id(firstEos);
  if (eosId === null)
    throw new UserError(`${where}: eos_token_id: expected an id, got ${JSON.stringify(firstEos)}`);
  return {
    vocabSize: number('vocab_size'),
    dModel,
    nLayers: number('num_hidden_layers'),
    nHeads,
    nKvHeads: number('num_key_value_heads', nHeads),
    headDim: number('head_dim', dModel / nHeads),
    ffnDim: number('intermediate_size'),
    maxSeqLen: number('max_position_embeddings'),
    ropeTheta: number('rope_theta', typeof rope.rope_theta === 'number' ? rope.rope_theta : 10000),
    normEps: number('rms_norm_eps', 1e-6),
    tieEmbeddings: json.tie_word_embeddings === true,
    bosId: id(json.bos_token_id),
    eosId,
    padId: id(json.pad_token_id) ?? eosId,
  };
}
