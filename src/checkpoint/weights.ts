/**
 * The weights of a model directory: one `model.safetensors`, or shards of at most 5 GB with an index that says which
 * tensor is in which.
 */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { lendValues } from '../compile/index.ts';
import { UserError } from '../errors.ts';
import { readJson, writeFileWhole, writeJson } from '../files.ts';
import { shown } from '../shown.ts';
import {
  bytesOf,
  MAX_TENSORS,
  readHeader,
  type TensorEntry,
  type TensorSource,
  writeSafetensors,
} from './safetensors.ts';

const WHOLE = 'model.safetensors';
const INDEX = 'model.safetensors.index.json';
const SHARD = /^model-\d{5}-of-\d{5}\.safetensors$/;
/** Most bytes of one shard, as the field's programs write them. */
const SHARD_BYTES = 5_000_000_000;

/**
 * Where each tensor of a model directory lies. Of shards, all tensors count, as in transformers; the index says which
 * shards there are, and must not be wrong.
 * @throws UserError naming the file that is missing or wrong
 */
export async function findWeights(dir: string): Promise<Map<string, TensorEntry>> {
  if (await exists(join(dir, WHOLE))) return readHeader(join(dir, WHOLE));
  const index = join(dir, INDEX);
  const json = await readJson(index);
  if (json === null) throw await noWeights(dir);
  const map = json.weight_map;
  if (typeof map !== 'object' || map === null || Array.isArray(map)) {
    throw new UserError(`${index}: weight_map: expected files by tensor, got ${shown(map)}`);
  }
  const places = Object.entries(map);
  if (places.length > MAX_TENSORS) {
    throw new UserError(`${index}: expected at most ${MAX_TENSORS} tensors, got ${places.length}`);
  }
  const shards = new Map<string, Map<string, TensorEntry>>();
  for (const [name, shard] of places) {
    if (!isBeside(shard)) {
      throw new UserError(`${index}: ${name}: expected a .safetensors file beside it, got ${shown(shard)}`);
    }
    const entries = shards.get(shard) ?? (await readHeader(join(dir, shard)));
    shards.set(shard, entries);
    if (!entries.has(name)) {
      throw new UserError(`${join(dir, shard)}: ${name}: expected it here, as ${INDEX} says, found none`);
    }
  }
  const found = new Map<string, TensorEntry>();
  for (const entry of [...shards.values()].flatMap((entries) => [...entries.values()])) {
    const other = found.get(entry.name);
    if (other)
      throw new UserError(`${entry.file}: ${entry.name}: expected once, got it in ${other.file} too`);
    found.set(entry.name, entry);
  }
  return found;
}

/** Whether it names a file of weights in the same folder. */
const isBeside = (shard: unknown): shard is string =>
  typeof shard === 'string' && /^[^/\\]+\.safetensors$/.test(shard) && !shard.includes('\0');

/** Also where what is there cannot be read. */
const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => true,
    () => false,
  );

async function noWeights(dir: string): Promise<UserError> {
  const expected = `${dir}: expected ${WHOLE} or ${INDEX}, found neither`;
  const names = await readdir(dir).catch(() => [] as string[]);
  const pickled = names.find((name) => /^(pytorch_model.*\.bin|.*\.pth?)$/.test(name));
  if (pickled) {
    return new UserError(
      `${expected} but ${pickled}, which can run programs when it is read; ` +
        'save the model with transformers: model.save_pretrained(DIR, safe_serialization=True)',
    );
  }
  const other = names.find((name) => /\.(?:safetensors|gguf)$/.test(name));
  return new UserError(other ? `${expected} but ${other}, which has another layout` : expected);
}

/** Variables by name, each lent from where its values are. */
export const sourcesOf = (variables: Record<string, tf.Variable>): TensorSource[] =>
  Object.entries(variables).map(([name, variable]) => ({
    name,
    shape: variable.shape,
    lend: (write) => lendValues(variable, write),
  }));

/** Writes the weights of a model directory, each file whole, and removes those that they replace. */
export async function writeWeights(
  dir: string,
  tensors: TensorSource[],
  { shardBytes = SHARD_BYTES } = {},
): Promise<void> {
  const shards = shardsOf(tensors, shardBytes);
  const names = shards.map((_, i) => (shards.length === 1 ? WHOLE : shardName(i, shards.length)));
  for (const [i, shard] of shards.entries()) {
    await writeFileWhole(join(dir, names[i]), (file) => writeSafetensors(file, shard));
  }
  if (shards.length > 1) {
    const map = shards.flatMap((shard, i) => shard.map(({ name }) => [name, names[i]]));
    const total = tensors.reduce((sum, tensor) => sum + bytesOf(tensor), 0);
    await writeJson(join(dir, INDEX), {
      metadata: { total_size: total },
      weight_map: Object.fromEntries(map),
    });
    names.push(INDEX);
  }
  await removeWeights(dir, names);
}

/** Removes the weights of a model directory, but for some files. */
export async function removeWeights(dir: string, keep: string[] = []): Promise<void> {
  for (const name of await readdir(dir).catch(() => [])) {
    const ours = name === WHOLE || name === INDEX || SHARD.test(name);
    if (ours && !keep.includes(name)) await rm(join(dir, name));
  }
}

const shardName = (i: number, count: number) => {
  const number = (n: number) => String(n).padStart(5, '0');
  return `model-${number(i + 1)}-of-${number(count)}.safetensors`;
};

/** In order, as many to a shard as fit; a tensor larger than a shard is alone in one. */
function shardsOf(tensors: TensorSource[], most: number): TensorSource[][] {
  const shards: TensorSource[][] = [[]];
  let bytes = 0;
  for (const tensor of tensors) {
    const size = bytesOf(tensor);
    if (bytes + size > most && bytes > 0) {
      shards.push([]);
      bytes = 0;
    }
    shards[shards.length - 1].push(tensor);
    bytes += size;
  }
  return shards;
}
