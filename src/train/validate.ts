/** Loss on held-out examples, as a mean over supervised tokens. */
import { packRows } from '../data/batches/pack.ts';
import type { Span } from '../methods/parts/segment.ts';
import { emptySums, meanLoss, spanLosses } from './gradients.ts';
import { batchesOf, type Run } from './run.ts';

export interface ValidationMetrics {
  loss: number;
  spanLoss: Partial<Record<Span, number>>;
}

/** @returns null where the run has no validation examples */
export async function validate(run: Run): Promise<ValidationMetrics | null> {
  const { recipe, maxSeqLen, tokenizer, validation, programs } = run;
  if (validation.count === 0) return null;
  const sums = emptySums();
  const rows = rowsOf(run);
  for (const batch of batchesOf(validation, rows, recipe, tokenizer.padId, maxSeqLen)) {
    await programs.evaluate(batch, sums);
  }
  return { loss: meanLoss(sums), spanLoss: spanLosses(sums) };
}

/** Every validation example once, packed where training is. */
function rowsOf({ recipe, validation, maxSeqLen }: Run): number[][] {
  const { lengths } = validation;
  if (!recipe.train.packing) return Array.from(lengths, (_, i) => [i]);
  return packRows(
    lengths.map((length) => length - 1),
    maxSeqLen,
  );
}
