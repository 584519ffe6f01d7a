/** A decoder's shape as a Hugging Face `config.json`, which any program of the field reads. */
import { UserError } from '../../errors.ts';
import { shown } from '../../shown.ts';
import { warn } from '../../warn.ts';
import { type ModelConfig, PLAIN_LLAMA } from '../config.ts';
import { type Architecture, MOST } from './architecture.ts';
import { gemma3 } from './gemma3.ts';
import { checkUnread } from './known.ts';
import { llama } from './llama.ts';
import { mistral } from './mistral.ts';
import { type Options, optionsOf } from './options.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';
import { MOST_POSITIONS, readRope, writeRope } from './rope.ts';

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
  const count = (field: string, most: number, fallback?: number) => options.count(field, { most, fallback });
  const nHeads = count('num_attention_heads', MOST.heads);
  const dModel = count('hidden_size', MOST.width);
  const vocabSize = count('vocab_size', MOST.vocab);
  const [eosId = null, ...stopIds] = idsOf(options, 'eos_token_id', vocabSize);
  const config: ModelConfig = {
    ...PLAIN_LLAMA,
    architecture: architecture.name,
    activation: architecture.activation.name,
    vocabSize,
    dModel,
    nLayers: count('num_hidden_layers', MOST.layers),
    nHeads,
    // Null says so, whatever the default is.
    nKvHeads: options.isNull('num_key_value_heads')
      ? nHeads
      : count('num_key_value_heads', MOST.heads, nHeads),
    headDim: count('head_dim', MOST.headDim, dModel / nHeads),
    ffnDim: count('intermediate_size', MOST.width),
    maxSeqLen: count('max_position_embeddings', MOST_POSITIONS),
    normEps: options.number('rms_norm_eps', 1e-6),
    tieEmbeddings: options.flag('tie_word_embeddings'),
    ...(architecture.readRotary ?? readRope)(options),
    ...architecture.read(options),
    bosId: idsOf(options, 'bos_token_id', vocabSize)[0] ?? null,
    eosId,
    stopIds,
    padId: idsOf(options, 'pad_token_id', vocabSize)[0] ?? eosId ?? 0,
  };
  if (config.nHeads % config.nKvHeads !== 0) {
    throw options.bad('num_key_value_heads', `a divisor of num_attention_heads, ${config.nHeads}`);
  }
  if (config.headDim % 2 !== 0) throw options.bad('head_dim', 'an even number');
  requireActivation(options, config.activation);
  checkUnread(options, architecture.name);
  return config;
}

/** Architectures have one option or the other; whichever a file has, it must name the same function. */
function requireActivation(options: Options, name: ModelConfig['activation']): void {
  for (const field of ['hidden_act', 'hidden_activation']) {
    if (!SAME_ACTIVATIONS[name].includes(options.get(field) ?? name)) throw options.bad(field, `"${name}"`);
  }
}

/** Names that transformers has for the same function. */
const SAME_ACTIVATIONS: Record<ModelConfig['activation'], unknown[]> = {
  silu: ['silu', 'swish'],
  gelu_pytorch_tanh: ['gelu_pytorch_tanh', 'gelu_python_tanh', 'gelu_new'],
};

/** One id or a list of them. Those outside of the vocabulary are no tokens: −1 is an old way to say none. */
function idsOf(options: Options, field: string, vocabSize: number): number[] {
  const given: unknown[] = [options.get(field) ?? []].flat();
  const bad = given.find((id) => !Number.isInteger(id));
  if (bad !== undefined) throw options.bad(field, 'an id, or a list of ids');
  const ids = given as number[];
  const beyond = ids.find((id) => id >= vocabSize);
  if (beyond !== undefined) {
    warn(
      `${options.where}: ${field}: ${beyond} is outside of the vocabulary of ${vocabSize} tokens, and not used`,
    );
  }
  return ids.filter((id) => id >= 0 && id < vocabSize);
}

/** The class that holds the model without its head, of which `AutoModel` saves the weights. */
const headless = (name: string) =>
  name === gemma3.name ? 'Gemma3TextModel' : name.replace(/ForCausalLM$/, 'Model');

/** By `model_type`, or by `architectures` where that is missing. */
function architectureOf(json: Record<string, unknown>, where: string): Architecture {
  const options = optionsOf(json, {}, where);
  const [named, type] = [[options.get('architectures')].flat()[0], options.get('model_type')];
  const isClassOf = ({ name }: Architecture) => name === named || headless(name) === named;
  // Other heads, for classes or for two towers, share a model type with the decoder.
  const decodes = named === undefined || ARCHITECTURES.some(isClassOf);
  const found = ARCHITECTURES.find((one) => (type === undefined ? isClassOf(one) : type === one.modelType));
  if (found && decodes) return found;
  const [field, got] = found || type === undefined ? ['architectures', named] : ['model_type', type];
  const supported = ARCHITECTURES.map(({ name, modelType }) => `${modelType} (${name})`).join(', ');
  throw new UserError(`${where}: ${field}: got ${shown(got)}; supported: ${supported}`);
}
