/** An adapter put into the weights that it belongs to: a model of its own, which any program reads. */
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { UserError } from '../errors.ts';
import { readJson, writeJson } from '../files.ts';
import { adapterNames } from '../model/lora.ts';
import { type Adapters, adaptersOf } from '../model/loraTargets.ts';
import type { ModelParameters } from '../model/parameters.ts';
import { startTensorFlow } from '../runtime/start.ts';
import { sizeOf } from '../shapes.ts';
import { loadTokenizer } from '../tokenizer/load.ts';
import { loadAdapter } from './adapter.ts';
import { isAdapter, readLora, tokenizerDir } from './adapterConfig.ts';
import { CONFIG, readBaseConfig } from './config.ts';
import { readFinite } from './finite.ts';
import { markOf } from './mark.ts';
import { missingModel } from './missing.ts';
import type { TensorEntry, TensorSource } from './safetensors.ts';
import { modelTensors } from './tensors.ts';
import { writeWeights } from './weights.ts';

/**
 * Writes the model of adapter `dir` into `output`: W + scale · B · A in the dtype of W, tensor by tensor, and config and
 * recipe as they were.
 * @throws UserError where `dir` holds no adapter
 */
export async function mergeAdapter(dir: string, output: string): Promise<void> {
  if (!existsSync(dir)) throw missingModel(dir);
  if (!isAdapter(dir))
    throw new UserError(`${dir}: expected an adapter with adapter_config.json, found none`);
  const settings = await readLora(dir);
  await startTensorFlow();
  const { entries, config } = await modelTensors(settings.base, await readBaseConfig(settings.base));
  const lora = { ...settings, mark: await markOf(entries) };
  const matrices = await loadAdapter(dir, config, lora, { mode: 'eager' });
  const adapters = adaptersOf(config, lora);
  try {
    await writeJson(join(output, CONFIG), {
      ...(await readJson(join(lora.base, CONFIG))),
      // As they turned out to be.
      ...{ architectures: [config.architecture], tie_word_embeddings: config.tieEmbeddings },
    });
    for (const [from, name] of [
      [lora.base, 'generation_config.json'],
      [dir, 'recipe.json'],
    ]) {
      await copyFile(join(from, name), join(output, name)).catch(() => {});
    }
    await (await loadTokenizer(await tokenizerDir(dir))).save(output);
    const tensors = [...entries.values()].map((entry) => merged(entry, matrices, adapters));
    await writeWeights(output, tensors);
  } finally {
    tf.dispose(matrices);
  }
}

function merged(entry: TensorEntry, matrices: ModelParameters, adapters: Adapters): TensorSource {
  const { name, shape, dtype } = entry;
  const projection = name.replace(/\.weight$/, '');
  const [a, b] = adapterNames(projection).map((matrix) => matrices[matrix]);
  const adapter = adapters.get(projection);
  return {
    ...{ name, shape, dtype },
    async lend(write) {
      const values = new Float32Array(sizeOf(shape));
      await readFinite(entry, values);
      if (a && b && adapter) {
        const product = tf.tidy(() => tf.mul(tf.matMul(b as tf.Tensor2D, a as tf.Tensor2D), adapter.scale));
        const change = await product.data<'float32'>();
        product.dispose();
        for (let i = 0; i < values.length; i++) values[i] += change[i];
      }
      await write(values);
    },
  };
}
