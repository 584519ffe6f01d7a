/** An adapter put into the weights that it belongs to: a model of its own, which any program reads. */
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../errors.ts';
import { readJson, writeJson } from '../files.ts';
import { adapterNames, type Lora, scaleOf } from '../model/lora.ts';
import type { ModelParameters } from '../model/parameters.ts';
import { startTensorFlow } from '../runtime/start.ts';
import { sizeOf } from '../shapes.ts';
import { loadTokenizer } from '../tokenizer/load.ts';
import { isAdapter, loadAdapter, readLora, tokenizerDir } from './adapter.ts';
import { missingModel } from './missing.ts';
import { readConfig } from './model.ts';
import { readInto, type TensorEntry, type TensorSource } from './safetensors.ts';
import { findWeights, writeWeights } from './weights.ts';

/**
 * Writes the model of adapter `dir` into `output`: W + scale · B · A in the dtype of W, tensor by tensor, and config and
 * recipe as they were.
 * @throws UserError where `dir` holds no adapter
 */
export async function mergeAdapter(dir: string, output: string): Promise<void> {
  if (!existsSync(dir)) throw missingModel(dir);
  if (!isAdapter(dir))
    throw new UserError(`${dir}: expected an adapter with adapter_config.json, found none`);
  const lora = await readLora(dir);
  await startTensorFlow();
  const adapters = await loadAdapter(dir, await readConfig(dir), lora, { mode: 'eager' });
  try {
    const entries = await findWeights(lora.base);
    await writeJson(join(output, 'config.json'), await readJson(join(lora.base, 'config.json')));
    for (const [from, name] of [
      [lora.base, 'generation_config.json'],
      [dir, 'recipe.json'],
    ]) {
      await copyFile(join(from, name), join(output, name)).catch(() => {});
    }
    await (await loadTokenizer(await tokenizerDir(dir))).save(output);
    const tensors = [...entries.values()].map((entry) => merged(entry, adapters, lora));
    await writeWeights(output, tensors);
  } finally {
    tf.dispose(adapters);
  }
}

function merged(entry: TensorEntry, adapters: ModelParameters, lora: Lora): TensorSource {
  const { name, shape, dtype } = entry;
  const projection = name.replace(/\.weight$/, '');
  const [a, b] = adapterNames(projection).map((matrix) => adapters[matrix]);
  return {
    ...{ name, shape, dtype },
    async lend(write) {
      const values = new Float32Array(sizeOf(shape));
      await readInto(entry, values);
      if (a && b) {
        const product = tf.tidy(() => tf.mul(tf.matMul(b as tf.Tensor2D, a as tf.Tensor2D), scaleOf(lora)));
        const change = await product.data<'float32'>();
        product.dispose();
        for (let i = 0; i < values.length; i++) values[i] += change[i];
      }
      await write(values);
    },
  };
}
