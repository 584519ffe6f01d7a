/**
 * PLUG text for the comparison with TRL, inside a child process: our pipeline makes the sequences, and both sides
 * train on the one file that is written here. `worker.ts` calls this.
 */
import { writeFile } from 'node:fs/promises';
import { orderOf } from '../data/batches/order.ts';
import { prepareData } from '../data/prepare.ts';
import { UserError } from '../errors.ts';
import type { ModelConfig } from '../model/config.ts';
import { defineRecipe } from '../recipe/defineRecipe.ts';
import { configOf, type StepSize } from './sizes.ts';

/** What the sequences are made of. */
export interface TextSource {
  /** Training file, absolute. */
  data: string;
  /** Tokenizer, absolute; one is trained where none is given. */
  tokenizer?: string;
  target: string;
  /** Examples to take. */
  limit: number;
}

export interface PrepareJob extends TextSource {
  kind: 'prepare';
  /** The shape of the model; the tokenizer decides its vocabulary. */
  size: StepSize;
  /** The file to write. */
  sequences: string;
  /** Sequences that are needed. */
  atLeast: number;
}

export interface Prepared {
  config: ModelConfig;
  count: number;
  tokens: number;
  supervised: number;
}

/** Writes the sequences, shuffled, as JSON lines: `input_ids`, `labels` (−100 where no loss is taken), `spans`. */
export async function prepareText(job: PrepareJob): Promise<Prepared> {
  const { data, tokenizer: path, target, limit, size } = job;
  const recipe = defineRecipe({
    name: 'bench',
    method: { name: 'plug', target },
    data: { train: data, limit, validationShare: 0 },
    tokenizer: { path, vocabSize: size.vocabSize },
  });
  // The peer counts a sequence's last token, which is only a target, as one of its places.
  const { tokenizer, train } = await prepareData(recipe, { maxSeqLen: size.seq - 1 });
  if (train.count < job.atLeast) {
    throw new UserError(
      `--limit: expected at least ${job.atLeast} sequences of at most ${size.seq} tokens, got ${train.count} ` +
        `from ${limit} examples; give a larger --limit, a larger file, or fewer --steps`,
    );
  }
  const rows = orderOf(train, { seed: 0, packInto: null, mixing: 1 }).epochRows(0);
  const { vocabSize, bosId, eosId, padId } = tokenizer;
  const prepared: Prepared = {
    config: { ...configOf(size), vocabSize, bosId, eosId, padId },
    ...{ count: train.count, tokens: 0, supervised: 0 },
  };
  const lines = rows.map(([i]) => {
    const { ids, spans } = train.get(i);
    const labels = Array.from(ids, (id, at) => (spans[at] < 0 ? -100 : id));
    prepared.tokens += ids.length;
    prepared.supervised += labels.filter((label) => label >= 0).length;
    return JSON.stringify({ input_ids: [...ids], labels, spans: [...spans] });
  });
  train.close();
  await writeFile(job.sequences, `${lines.join('\n')}\n`);
  return prepared;
}
