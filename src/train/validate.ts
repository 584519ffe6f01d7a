/** Loss on held-out examples, as a mean over supervised tokens. */
import type { Span } from '../methods/parts/segment.ts';
import { emptySums, evaluateBatch, meanLoss, spanLosses } from './gradients.ts';
import { batchesOf, type Run } from './run.ts';

export interface ValidationMetrics {
  loss: number;
  spanLoss: Partial<Record<Span, number>>;
}

/** @returns null where the run has no validation examples */
export async function validate(run: Run): Promise<ValidationMetrics | null> {
  if (run.validation.length === 0) return null;
  const { recipe, model, tokenizer, validation } = run;
  const sums = emptySums();
  for (const batch of batchesOf(
    validation,
    recipe.train.batchSize,
    tokenizer.padId,
    model.config.maxSeqLen,
  )) {
    await evaluateBatch(model, batch, sums);
  }
  return { loss: meanLoss(sums), spanLoss: spanLosses(sums) };
}
