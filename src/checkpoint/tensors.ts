/** The tensors of a model directory under the names of our parameters, whichever of the usual ways it was saved in. */
import { UserError } from '../errors.ts';
import { type ModelConfig, PROJECTIONS } from '../model/config.ts';
import { parameterShapes } from '../model/parameters.ts';
import { sizeOf } from '../shapes.ts';
import { warn } from '../warn.ts';
import { readInto, requireReadable, type TensorEntry } from './safetensors.ts';
import { findWeights } from './weights.ts';

const EMBEDDING = 'model.embed_tokens.weight';
const HEAD = 'lm_head.weight';

/** Of old files: frequencies of rotary positions, which follow from the config. */
const NEEDLESS = /\.rotary_emb\.inv_freq$/;

export interface ModelTensors {
  /** Where each parameter of `config` lies, no more and no fewer. */
  entries: Map<string, TensorEntry>;
  /** The config, with `tieEmbeddings` as the weights have it. */
  config: ModelConfig;
}

/**
 * Finds all parameters that `config` asks for. As transformers does, it takes names without `model.` (saved from
 * `AutoModel`), and an output matrix that is tied by the config but not in the file as one of its own.
 * @throws UserError naming the tensor that is missing, of another shape, or too many
 */
export async function modelTensors(dir: string, config: ModelConfig): Promise<ModelTensors> {
  const stored = await findWeights(dir);
  requireLayers(stored, dir, config);
  const untied = { ...config, tieEmbeddings: false };
  const named = withPrefix(stored, parameterShapes(untied));
  const tieEmbeddings = config.tieEmbeddings && (await tie(named, config, dir));
  const found = { ...config, tieEmbeddings };
  const shapes = parameterShapes(found);
  const entries = new Map<string, TensorEntry>();
  for (const [name, shape] of Object.entries(shapes)) entries.set(name, entryOf(named, dir, name, shape));
  for (const entry of entries.values()) requireReadable(entry);
  for (const entry of named.values()) {
    if (Object.hasOwn(shapes, entry.name) || NEEDLESS.test(entry.name)) continue;
    // Scales of weights in few bits, most often: the dtype says more than the name.
    requireReadable(entry);
    throw new UserError(`${entry.file}: ${entry.name}: a tensor that config.json does not ask for`);
  }
  return { entries, config: found };
}

/** Before names are made of all layers: a config may ask for any number of them. */
function requireLayers(stored: Map<string, TensorEntry>, dir: string, { nLayers }: ModelConfig): void {
  const numbers = [...stored.keys()].map((name) => Number(/(?:^|\.)layers\.(\d+)\./.exec(name)?.[1] ?? -1));
  const count = numbers.reduce((most, number) => Math.max(most, number + 1), 0);
  if (count === nLayers) return;
  if (count === 0) {
    const [first] = stored.keys();
    const got = first === undefined ? 'no tensors' : `none, but such as ${first}`;
    throw new UserError(`${dir}: expected weights of model.layers.0 to ${nLayers - 1}, got ${got}`);
  }
  throw new UserError(
    `${dir}: expected weights of ${nLayers} layers, as num_hidden_layers in config.json says, got ${count}`,
  );
}

/** The same by names that begin with `model.`, where those without are meant. */
function withPrefix(
  stored: Map<string, TensorEntry>,
  shapes: Record<string, number[]>,
): Map<string, TensorEntry> {
  const named = new Map<string, TensorEntry>();
  for (const entry of stored.values()) {
    const full = `model.${entry.name}`;
    const name = !Object.hasOwn(shapes, entry.name) && Object.hasOwn(shapes, full) ? full : entry.name;
    if (named.has(name)) {
      throw new UserError(`${entry.file}: ${name}: expected once, got it with and without "model."`);
    }
    named.set(name, { ...entry, name });
  }
  return named;
}

/**
 * Ties the output matrix to the embedding, of which one may be missing. Where both are there and differ, they stay two,
 * as in transformers 5.
 * @returns whether they are one
 */
async function tie(named: Map<string, TensorEntry>, { vocabSize, dModel }: ModelConfig, dir: string) {
  const [embedding, head] = [EMBEDDING, HEAD].map((name) => named.get(name));
  if (!head) return true;
  if (!embedding) named.set(EMBEDDING, { ...head, name: EMBEDDING });
  else {
    for (const name of [EMBEDDING, HEAD]) entryOf(named, dir, name, [vocabSize, dModel]);
    if (!(await sameValues(embedding, head))) {
      warn(
        `${dir}: config.json has tie_word_embeddings true, but lm_head.weight differs from the embedding; ` +
          'they are not tied, as in transformers 5. tie_word_embeddings false says so',
      );
      return false;
    }
  }
  named.delete(HEAD);
  return true;
}

/** Values that are compared at a time. */
const COMPARED = 1 << 20;

async function sameValues(a: TensorEntry, b: TensorEntry): Promise<boolean> {
  for (const entry of [a, b]) requireReadable(entry);
  const count = sizeOf(a.shape);
  const part = async (entry: TensorEntry, from: number, values: Float32Array) => {
    const start = entry.start + from * (entry.dtype === 'F32' ? 4 : 2);
    await readInto({ ...entry, shape: [values.length], start }, values);
    return Buffer.from(values.buffer);
  };
  for (let from = 0; from < count; from += COMPARED) {
    const length = Math.min(COMPARED, count - from);
    const [first, second] = await Promise.all(
      [a, b].map((entry) => part(entry, from, new Float32Array(length))),
    );
    if (!first.equals(second)) return false;
  }
  return true;
}

/**
 * The entry of a tensor, of the shape that it must have.
 * @param where the file or folder of all entries, for messages
 */
export function entryOf(
  entries: Map<string, TensorEntry>,
  where: string,
  name: string,
  shape: number[],
): TensorEntry {
  const entry = entries.get(name);
  if (!entry) throw new UserError(missing(entries, where, name, shape));
  if (String(entry.shape) === String(shape)) return entry;
  throw new UserError(
    `${entry.file}: ${name}: expected shape [${shape}], as config.json says, got [${entry.shape}]`,
  );
}

/** Says what there is in place of a tensor, where that is known. */
function missing(entries: Map<string, TensorEntry>, where: string, name: string, shape: number[]): string {
  const text = `${where}: ${name}: expected a tensor of shape [${shape}], found none`;
  if (name === HEAD) {
    return (
      `${text}; config.json has tie_word_embeddings false, and the file may be of the model without its head: ` +
      'save it from AutoModelForCausalLM'
    );
  }
  const names = [...entries.keys()];
  const quantized = names.find((one) => /\.(?:qweight|qzeros|scales|weight_scale\w*|absmax|SCB)$/.test(one));
  if (quantized) return `${text}, but ${quantized}, as quantized models have; they are not read`;
  const other = names.find((one) => one.endsWith(`.${name}`));
  if (other) return `${text}, but ${other}; save the language model alone`;
  const projection = PROJECTIONS.find((one) => name.includes(one));
  const fused = projection && names.find((one) => /\.(?:qkv_proj|gate_up_proj|c_attn|W_pack)\./.test(one));
  return fused ? `${text}, but ${fused}, which joins several; it is not read` : text;
}
