/** The matrices of adapters as PEFT keeps them, in `adapter_model.safetensors` beside their config. */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Mode, newVariables } from '../compile/index.ts';
import { UserError } from '../errors.ts';
import { writeFileWhole, writeJson } from '../files.ts';
import type { ModelConfig } from '../model/config.ts';
import { fillAdapter, type Lora } from '../model/lora.ts';
import { allAdapterShapes } from '../model/loraTargets.ts';
import type { ModelParameters } from '../model/parameters.ts';
import { warn } from '../warn.ts';
import { ADAPTER_CONFIG, adapterConfigOf } from './adapterConfig.ts';
import { readFinite } from './finite.ts';
import { readHeader, requireReadable, type TensorEntry, writeSafetensors } from './safetensors.ts';
import { sourcesOf } from './weights.ts';

const WEIGHTS = 'adapter_model.safetensors';
/** The same pickled. */
const PICKLED = 'adapter_model.bin';
/** What PEFT puts before the names of parameters. */
const PREFIX = 'base_model.model.';
/** Metadata of our files: the mark of the base's weights. */
const MARK = 'plug_tune_base';

/** Removes an adapter, where another model takes its place. */
export async function removeAdapter(dir: string): Promise<void> {
  for (const name of [ADAPTER_CONFIG, WEIGHTS]) await rm(join(dir, name), { force: true });
}

/**
 * Frozen adapters of a directory, or those to train on. A projection that has none in the file goes without.
 * @throws UserError naming the tensor that is wrong or not supported
 */
export async function loadAdapter(
  dir: string,
  config: ModelConfig,
  lora: Lora,
  { mode = 'graph', trainable = false }: { mode?: Mode; trainable?: boolean } = {},
): Promise<ModelParameters> {
  const wanted = allAdapterShapes(config, lora);
  const entries = await findAdapters(dir, wanted, lora.mark);
  const absent = Object.keys(wanted).filter((name) => name.endsWith('lora_A.weight') && !entries.has(name));
  if (absent.length > 0) {
    warn(
      `${join(dir, WEIGHTS)}: no adapters for ${absent.length} of the projections that ${ADAPTER_CONFIG} names, ` +
        `such as ${absent[0].replace('.lora_A.weight', '')}; these go without`,
    );
  }
  // In the order of the model.
  const names = Object.keys(wanted).filter((name) => entries.has(name));
  const shapes = Object.fromEntries(names.map((name) => [name, wanted[name]]));
  const fill = (values: Float32Array, name: string) => readFinite(entries.get(name) as TensorEntry, values);
  return newVariables(shapes, fill, { mode, trainable });
}

/** The tensors of the file by their names in the model, each of the shape that it must have. */
async function findAdapters(
  dir: string,
  wanted: Record<string, number[]>,
  mark: string | undefined,
): Promise<Map<string, TensorEntry>> {
  const file = join(dir, WEIGHTS);
  if (!existsSync(file) && existsSync(join(dir, PICKLED))) {
    throw new UserError(
      `${dir}: expected ${WEIGHTS}, found ${PICKLED} alone, which can run programs when it is read; ` +
        'load the adapter with PEFT and save it again: model.save_pretrained(DIR)',
    );
  }
  const entries = new Map<string, TensorEntry>();
  const metadata: Record<string, unknown> = {};
  for (const [name, entry] of await readHeader(file, metadata)) {
    const own = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : name;
    if (!Object.hasOwn(wanted, own)) throw new UserError(`${file}: ${name}: ${notAsked(own, wanted)}`);
    entries.set(own, { ...entry, name: own });
  }
  for (const [name, entry] of entries) {
    if (String(wanted[name]) !== String(entry.shape)) {
      throw new UserError(`${file}: ${name}: expected shape [${wanted[name]}], got [${entry.shape}]`);
    }
    const other = name.replace(/lora_[AB]/, name.includes('lora_A') ? 'lora_B' : 'lora_A');
    if (!entries.has(other)) throw new UserError(`${file}: ${other}: expected beside ${name}, found none`);
    requireReadable(entry);
  }
  if (entries.size === 0) throw new UserError(`${file}: expected adapters, found none`);
  if (mark !== undefined && metadata[MARK] !== undefined && metadata[MARK] !== mark) {
    warn(
      `${dir}: its base model has other weights now than when the adapter was trained; what it answers may be of no use`,
    );
  }
  return entries;
}

/** What a tensor is that no adapter of ours is. */
function notAsked(name: string, wanted: Record<string, number[]>): string {
  if (/(?:^|\.)(?:embed_tokens|lm_head)\./.test(name)) {
    return (
      'the adapter brings embeddings or an output matrix of its own, which is not supported; ' +
      'merge it into its base with PEFT (merge_and_unload) and take that model'
    );
  }
  if (name.includes('lora_magnitude_vector')) return 'a magnitude of DoRA, which is not supported';
  if (Object.hasOwn(wanted, `model.${name}`)) {
    return (
      'an adapter of the model without its head (AutoModel), which PEFT does not read for a causal language model ' +
      'either; train or save it on AutoModelForCausalLM'
    );
  }
  return `${name.includes('.lora_') ? 'an adapter' : 'a tensor'} that ${ADAPTER_CONFIG} does not ask for`;
}

/** Adapters that change nothing yet. */
export function newAdapter(
  config: ModelConfig,
  lora: Lora,
  seed: number,
  mode: Mode = 'graph',
): Promise<ModelParameters> {
  const shapes = allAdapterShapes(config, lora);
  return newVariables(shapes, (values, name) => fillAdapter(values, name, shapes[name], seed), { mode });
}

/** Writes what PEFT reads. */
export async function saveAdapter(dir: string, lora: Lora, parameters: ModelParameters): Promise<void> {
  await writeJson(join(dir, ADAPTER_CONFIG), adapterConfigOf(lora));
  const adapters = Object.entries(parameters).filter(([name]) => /\.lora_[AB]\.weight$/.test(name));
  const named = Object.fromEntries(adapters.map(([name, variable]) => [PREFIX + name, variable]));
  const metadata: Record<string, string> = lora.mark === undefined ? {} : { [MARK]: lora.mark };
  await writeFileWhole(join(dir, WEIGHTS), (file) => writeSafetensors(file, sourcesOf(named), metadata));
}
