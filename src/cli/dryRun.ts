/**
 * `npm run train -- --recipe X --dry-run`: what a run is made of and what memory it needs, before anything is trained.
 * The data are read and tokenized, as training would. Where the recipe's model is not on this machine, only its shape is
 * known, and rows are taken to be as long as the model could read.
 */

import { isAdapter, readLora } from '../checkpoint/adapterConfig.ts';
import { hasConfig, readConfig } from '../checkpoint/model.ts';
import { longestSequence, prepareData, rowLength } from '../data/prepare.ts';
import type { ModelConfig } from '../model/config.ts';
import { displayPath } from '../paths.ts';
import type { Recipe } from '../recipe/schema.ts';
import { formatBytes } from '../runtime/errors.ts';
import { withAdapterOf } from '../train/adapter.ts';
import { parameterNumbers } from '../train/memory.ts';
import { type MemoryFit, memoryFit, remedyText, tightText } from '../train/memoryFit.ts';
import { loraOf, shapeOf } from '../train/shape.ts';

export interface DryRun extends Omit<MemoryFit, 'need' | 'place'> {
  recipe: string;
  /** `file`: the model's config.json. `recipe`: the recipe's own keys, since there is no such file here. */
  shapeFrom: 'file' | 'recipe';
  /** Where the length of rows is from: the data, or without them what the model can read. */
  rowsFrom: 'data' | 'model';
  parameters: { all: number; trained: number };
  memory: MemoryFit['need'];
  device: MemoryFit['place'];
}

/** @throws UserError for data that training would refuse */
export async function dryRun(asked: Recipe, note?: (text: string) => void): Promise<DryRun> {
  const { from } = asked.model;
  const recipe = await withAdapterOf(asked, from);
  const there = from !== undefined && hasConfig(from);
  const sourceConfig = there ? await readConfig(from) : null;
  const most = longestSequence(recipe, sourceConfig?.maxSeqLen);
  const known = there || from === undefined;
  const rows = known ? await rowsOf(recipe, most, note) : { longest: most, maxSeqLen: most };
  const vocabSize = 'vocabSize' in rows ? rows.vocabSize : recipe.tokenizer.vocabSize;
  const config: ModelConfig = sourceConfig ?? shapeOf(recipe, vocabSize);
  const lora = there && isAdapter(from) ? await readLora(from) : from ? loraOf(recipe, from) : undefined;
  const { need, place, ...fit } = await memoryFit(recipe, { config, ...rows });
  return {
    recipe: recipe.name,
    shapeFrom: there ? 'file' : 'recipe',
    rowsFrom: known ? 'data' : 'model',
    parameters: parameterNumbers(config, lora),
    ...fit,
    memory: need,
    device: place,
  };
}

async function rowsOf(recipe: Recipe, most: number, note?: (text: string) => void) {
  const { tokenizer, ...data } = await prepareData(recipe, { maxSeqLen: most, note });
  const rows = rowLength(recipe, most, data);
  data.train.close();
  data.validation.close();
  return { ...rows, vocabSize: tokenizer.vocabSize };
}

/** The same for a person. */
export function dryRunLines(found: DryRun, from?: string): string[] {
  const { recipe, shapeFrom, rowsFrom, parameters, memory, device, fits, batchSize, seq } = found;
  const fit: MemoryFit = { ...found, need: memory, place: device };
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
  const length = rowsFrom === 'data' ? 'the longest of the data' : 'the longest that the model can read';
  const tight = tightText(fit);
  return [
    `${recipe}: ${millions(parameters.all)} parameters${share}${shape}`,
    `micro-batches of ${batchSize} × ${seq.toLocaleString('en')} tokens, ${length}`,
    ...rows,
    `${fits ? 'Fits' : 'Does not fit'} ${device.name} with ${formatBytes(device.memoryBytes)}` +
      (fits ? '' : `; ${remedyText(fit)}`),
    ...(tight ? [tight] : []),
  ];
}

const millions = (count: number) => `${(count / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} M`;
