/** A decoder's shape as a Hugging Face `config.json`, which any program of the field reads. */
import { UserError } from '../../errors.ts';
import { type ModelConfig, PLAIN_LLAMA } from '../config.ts';
import type { Architecture } from './architecture.ts';
import { gemma3 } from './gemma3.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { optionsOf } from './options.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';
import { readRope, writeRope } from './rope.ts';

/** Architectures whose models can be read, tuned and written. */
export const ARCHITECTURES: readonly Architecture[] = [llama, mistral, qwen2, qwen3, gemma3];

/** The `config.json` that transformers reads. */
export function toHuggingFace(config: ModelConfig): Record<string, unknown> {
  const architecture = ARCHITECTURES.find(({ name }) => name === config.architecture);
  if (!architecture) throw new Error(`no architecture ${config.architecture}`);
  return {
    architectures: [architecture.name],
    model_type: architecture.modelType,
    [architecture.activation.option]: config.activation,
    vocab_size: config.vocabSize,
    hidden_size: config.dModel,
    num_hidden_layers: config.nLayers,
    num_attention_heads: config.nHeads,
    num_key_value_heads: config.nKvHeads,
    head_dim: config.headDim,
    intermediate_size: config.ffnDim,
    max_position_embeddings: config.maxSeqLen,
    ...writeRope(config),
    rms_norm_eps: config.normEps,
    tie_word_embeddings: config.tieEmbeddings,
    ...architecture.write(config),
    bos_token_id: config.bosId,
    eos_token_id: config.stopIds.length > 0 ? [config.eosId, ...config.stopIds] : config.eosId,
    pad_token_id: config.padId,
    torch_dtype: 'float32',
  };
}

/**
 * Reads a `config.json`.
 * @param where the file, for messages
 * @throws UserError naming the architecture or option that is wrong or not supported
 */
export function fromHuggingFace(json: Record<string, unknown>, where: string): ModelConfig {
  const architecture = architectureOf(json, where);
  const options = optionsOf(json, architecture.defaults, where);
  const { option, name: activation } = architecture.activation;
  if ((options.get(option) ?? activation) !== activation) throw options.bad(option, `"${activation}"`);
  const nHeads = options.number('num_attention_heads');
  const dModel = options.number('hidden_size');
  const [eosId, ...stopIds] = [options.get('eos_token_id')].flat();
  if (typeof eosId !== 'number') throw options.bad('eos_token_id', 'an id');
  const id = (field: string): number | null => {
    const value = options.get(field);
    return typeof value === 'number' && value >= 0 ? value : null;
  };
  const config: ModelConfig = {
    ...PLAIN_LLAMA,
    architecture: architecture.name,
    activation,
    vocabSize: options.number('vocab_size'),
    dModel,
    nLayers: options.number('num_hidden_layers'),
    nHeads,
    nKvHeads: options.number('num_key_value_heads', nHeads),
    headDim: options.number('head_dim', dModel / nHeads),
    ffnDim: options.number('intermediate_size'),
    maxSeqLen: options.number('max_position_embeddings'),
    ...readRope(options),
    normEps: options.number('rms_norm_eps', 1e-6),
    tieEmbeddings: options.flag('tie_word_embeddings'),
    ...architecture.read(options),
    bosId: id('bos_token_id'),
    eosId,
    stopIds: stopIds.filter((id) => typeof id === 'number'),
    padId: id('pad_token_id') ?? eosId,
  };
  if (config.nHeads % config.nKvHeads !== 0) {
    throw options.bad('num_key_value_heads', `a divisor of num_attention_heads, ${config.nHeads}`);
  }
  if (config.headDim % 2 !== 0) throw options.bad('head_dim', 'an even number');
  return config;
}

/** By `model_type`, or by `architectures` where that is missing. */
function architectureOf(json: Record<string, unknown>, where: string): Architecture {
  const [named] = [json.architectures].flat();
  // Other heads, for classes or for two towers, share a model type with the decoder.
  const decodes = named === undefined || ARCHITECTURES.some(({ name }) => name === named);
  const found = ARCHITECTURES.find(({ name, modelType }) =>
    json.model_type === undefined ? name === named : modelType === json.model_type,
  );
  if (found && decodes) return found;
  const [field, got] =
    found || json.model_type === undefined ? ['architectures', named] : ['model_type', json.model_type];
  const supported = ARCHITECTURES.map(({ name, modelType }) => `${modelType} (${name})`).join(', ');
  throw new UserError(`${where}: ${field}: got ${JSON.stringify(got)}; supported: ${supported}`);
}
