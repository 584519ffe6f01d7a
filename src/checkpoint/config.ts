/** `config.json` and `generation_config.json` of a model directory. */
import { join } from 'node:path';
import { readJson } from '../files.ts';
import { fromHuggingFace } from '../model/architectures/huggingFace.ts';
import type { ModelConfig } from '../model/config.ts';
import { missingModel } from './missing.ts';

export const CONFIG = 'config.json';

/** The shape of the model in `dir` itself, adapters aside. @throws UserError naming what is wrong or not supported */
export async function readBaseConfig(dir: string): Promise<ModelConfig> {
  const file = join(dir, CONFIG);
  const json = await readJson(file);
  if (json === null) throw missingModel(dir);
  const generation = await readJson(join(dir, 'generation_config.json'));
  const config = fromHuggingFace(json, file);
  const ends: unknown[] = [generation?.eos_token_id ?? []].flat();
  const isToken = (id: unknown): id is number =>
    Number.isInteger(id) && (id as number) >= 0 && (id as number) < config.vocabSize;
  return endedBy(config, ...ends.filter(isToken));
}

/** The config with further tokens among those that end a text. The first known is what ends each turn that is learned. */
export function endedBy(config: ModelConfig, ...ids: number[]): ModelConfig {
  const all = [config.eosId, ...config.stopIds, ...ids].filter((id) => id !== null);
  const [eosId = null, ...stopIds] = new Set(all);
  return { ...config, eosId, stopIds };
}
