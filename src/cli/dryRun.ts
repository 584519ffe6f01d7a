/** `npm run train -- --recipe X --dry-run`: what a run is made of and what memory it needs, without its weights or data. */
import { isAdapter, readLora } from '../checkpoint/adapter.ts';
import { hasConfig, readConfig } from '../checkpoint/model.ts';
import { findWeights } from '../checkpoint/weights.ts';
import { longestSequence } from '../data/prepare.ts';
import type { ModelConfig } from '../model/config.ts';
import { TUNING } from '../nn/tuning.ts';
import { displayPath } from '../recipe/paths.ts';
import type { Recipe } from '../recipe/schema.ts';
import { deviceMemory, type Place } from '../runtime/device.ts';
import { formatBytes } from '../runtime/errors.ts';
import { type MemoryNeed, memoryNeed, parameterNumbers } from '../train/memory.ts';
import { loraOf, shapeOf } from '../train/run.ts';

export interface DryRun {
  recipe: string;
  /** `file`: the model's config.json. `recipe`: the recipe's own keys, since there is no such file here. */
  shapeFrom: 'file' | 'recipe';
  parameters: { all: number; trained: number };
  memory: MemoryNeed;
  device: Place;
  fits: boolean;
}

export async function dryRun(recipe: Recipe): Promise<DryRun> {
  const { from } = recipe.model;
  const there = from !== undefined && hasConfig(from);
  const config: ModelConfig = there ? await readConfig(from) : shapeOf(recipe, recipe.tokenizer.vocabSize);
  const lora = there && isAdapter(from) ? await readLora(from) : from ? loraOf(recipe, from) : undefined;
  const seq = longestSequence(recipe, config.maxSeqLen);
  const device = await deviceMemory();
  const memory = memoryNeed({
    ...{ config, lora, train: recipe.train, seq, tileSizes: TUNING[device.kind].tileSizes },
    frozenBytes: there && lora && !(await isHalf(lora.base)) ? 4 : 2,
  });
  return {
    recipe: recipe.name,
    shapeFrom: there ? 'file' : 'recipe',
    parameters: parameterNumbers(config, lora),
    ...{ memory, device },
    fits: memory.total < 0.95 * device.memoryBytes,
  };
}

async function isHalf(dir: string): Promise<boolean> {
  const entries = await findWeights(dir).catch(() => null);
  return entries === null || [...entries.values()].some(({ dtype }) => dtype === 'BF16');
}

/** The same for a person. */
export function dryRunLines(
  { recipe, shapeFrom, parameters, memory, device, fits }: DryRun,
  from?: string,
): string[] {
  const { total, ...parts } = memory;
  const rows = Object.entries({ ...parts, total }).map(
    ([name, bytes]) => `  ${name.padEnd(12)}${formatBytes(bytes).padStart(10)}`,
  );
  const shape =
    from && shapeFrom === 'recipe'
      ? `; ${displayPath(from)} is not here, so the shape is the recipe's own`
      : '';
  const share =
    parameters.trained < parameters.all ? `, of which ${millions(parameters.trained)} are trained` : '';
  return [
    `${recipe}: ${millions(parameters.all)} parameters${share}${shape}`,
    ...rows,
    `${fits ? 'Fits' : 'Does not fit'} ${device.name} with ${formatBytes(device.memoryBytes)}` +
      (fits
        ? ''
        : '; less is needed with --train.gradientCheckpointing, a smaller --train.batchSize, or --lora.rank 16'),
  ];
}

const millions = (count: number) => `${(count / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} M`;
